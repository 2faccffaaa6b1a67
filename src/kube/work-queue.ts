import { FailureCounts } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { DelayedKeys } from './delayed-keys.ts';
import { type Priority, type ReadyKey, ReadyKeys } from './ready-keys.ts';

/** Receives what the metrics of a queue are made of. */
export interface QueueObserver {
  /** How many keys are ready and wait for a worker. */
  depth(keys: number): void;
  /** From becoming ready to being handed out. */
  queueLatency(seconds: number): void;
  /** From being handed out to `done`. */
  workDuration(seconds: number): void;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Milliseconds that `addRateLimited` waits after so many failures in a row (1 is the first). */
  readonly retryDelayMs: (failures: number) => number;
  readonly observer?: QueueObserver;
}

/**
 * Keys that need work, with the rules of client-go: a key is ready at most once, one worker has it at a time, and a key
 * added while a worker has it becomes ready again when that worker is done. A queue holds keys and never what happened,
 * so that any number of events makes one run.
 *
 * Timers: a key has at most one, the earliest that was asked for. When a run of the key starts, its timer is dropped,
 * because that run sees everything the timer was set for and decides anew when the next one is due. A timer set while
 * the run is under way is kept. So a reconcile that comes early replaces its old refresh timer, and no wake-up is lost.
 */
export class WorkQueue<K extends string> {
  readonly #clock: Clock;
  readonly #retryDelayMs: (failures: number) => number;
  readonly #observer: QueueObserver | undefined;
  readonly #ready = new ReadyKeys<K>();
  readonly #delayed = new DelayedKeys<K>();
  readonly #failures = new FailureCounts<K>();
  /** Keys that a worker has, with the moment it got them. */
  readonly #processing = new Map<K, ReadyKey<K>>();
  /** Keys that were added while a worker has them. */
  readonly #again = new Map<K, ReadyKey<K>>();
  readonly #waiters = new Set<(key: K | undefined) => void>();
  readonly #drained = Promise.withResolvers<void>();
  #alarm: { readonly dueMs: number; readonly cancel: () => void } | undefined;
  #closed = false;

  constructor({ clock, retryDelayMs, observer }: WorkQueueOptions) {
    this.#clock = clock;
    this.#retryDelayMs = retryDelayMs;
    this.#observer = observer;
  }

  /** How many keys are ready and wait for a worker. */
  get length(): number {
    return this.#ready.size;
  }

  /** Makes the key ready now; one that is ready already moves up if the new priority is higher. */
  add(key: K, { priority = 'high' }: { readonly priority?: Priority } = {}): void {
    if (this.#closed) return;
    const item: ReadyKey<K> = { key, priority, sinceMs: this.#clock.now() };
    if (!this.#processing.has(key)) {
      this.#makeReady(item);
      return;
    }
    const before = this.#again.get(key);
    if (before === undefined) this.#again.set(key, item);
    else if (priority === 'high') this.#again.set(key, { ...before, priority });
  }

  /** Makes the key ready in `ms` milliseconds, unless its timer is due earlier or a run starts before. */
  addAfter(key: K, ms: number, { priority = 'low' }: { readonly priority?: Priority } = {}): void {
    if (this.#closed) return;
    if (!(ms > 0)) {
      this.add(key, { priority });
      return;
    }
    const before = this.#delayed.get(key);
    this.#delayed.set({
      key,
      dueMs: Math.min(this.#clock.now() + ms, before?.dueMs ?? Infinity),
      priority: before?.priority === 'high' ? 'high' : priority,
    });
    this.#setAlarm();
  }

  /** Counts a failure and makes the key ready when its backoff is over, with the priority of the run that failed. */
  addRateLimited(key: K): void {
    const delay = this.#retryDelayMs(this.#failures.add(key));
    this.addAfter(key, delay, { priority: this.#processing.get(key)?.priority ?? 'low' });
  }

  /** Ends a series of failures; the key itself stays where it is. */
  forget(key: K): void {
    this.#failures.forget(key);
  }

  /** How often in a row `addRateLimited` was called for the key. */
  failures(key: K): number {
    return this.#failures.of(key);
  }

  /** The next key, which the caller must give back with `done`; undefined after `shutDown` or when `signal` aborts. */
  get(signal?: AbortSignal): Promise<K | undefined> {
    if (this.#closed || signal?.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const stopWaiting = (): void => answer(undefined);
      const answer = (key: K | undefined): void => {
        signal?.removeEventListener('abort', stopWaiting);
        this.#waiters.delete(answer);
        resolve(key);
      };
      signal?.addEventListener('abort', stopWaiting, { once: true });
      this.#waiters.add(answer);
      this.#dispatch();
    });
  }

  /** Gives a key back; if it was added in the meantime it becomes ready again. */
  done(key: K): void {
    const run = this.#processing.get(key);
    if (run === undefined) return;
    this.#processing.delete(key);
    this.#observer?.workDuration(this.#secondsSince(run.sinceMs));
    const again = this.#again.get(key);
    this.#again.delete(key);
    if (again !== undefined) this.#makeReady(again);
    if (this.#closed && this.#processing.size === 0) this.#drained.resolve();
  }

  /**
   * Hands out nothing more and takes nothing in, not even what waits: whoever starts next lists it all again. Resolves
   * when the workers have given back what they have.
   */
  shutDown(): Promise<void> {
    if (this.#closed) return this.#drained.promise;
    this.#closed = true;
    this.#alarm?.cancel();
    this.#delayed.clear();
    this.#ready.clear();
    this.#again.clear();
    this.#observer?.depth(0);
    for (const answer of this.#waiters) answer(undefined);
    if (this.#processing.size === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  #makeReady(item: ReadyKey<K>): void {
    this.#ready.add(item);
    this.#dispatch();
    this.#observer?.depth(this.#ready.size);
  }

  /** Gives ready keys to waiting workers. */
  #dispatch(): void {
    for (const answer of this.#waiters) {
      const item = this.#ready.take();
      if (item === undefined) return;
      this.#observer?.depth(this.#ready.size);
      this.#observer?.queueLatency(this.#secondsSince(item.sinceMs));
      this.#processing.set(item.key, { ...item, sinceMs: this.#clock.now() });
      this.#delayed.delete(item.key);
      answer(item.key);
    }
  }

  /** Keeps one timer, for the key that is due first; one that rings too early just sets the next. */
  #setAlarm(): void {
    const first = this.#delayed.earliest();
    if (first === undefined || (this.#alarm !== undefined && this.#alarm.dueMs <= first.dueMs)) return;
    this.#alarm?.cancel();
    const cancel = this.#clock.after(first.dueMs - this.#clock.now(), () => this.#ring());
    this.#alarm = { dueMs: first.dueMs, cancel };
  }

  #ring(): void {
    this.#alarm = undefined;
    const now = this.#clock.now();
    for (let item = this.#delayed.earliest(); item !== undefined; item = this.#delayed.earliest()) {
      if (item.dueMs > now) break;
      this.#delayed.delete(item.key);
      this.add(item.key, { priority: item.priority });
    }
    this.#setAlarm();
  }

  #secondsSince(ms: number): number {
    return Math.max(0, this.#clock.now() - ms) / 1000;
  }
}
