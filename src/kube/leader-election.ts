import { type Clock, sleep } from '../base/clock.ts';
import { errorChain } from '../base/error-chain.ts';
import type { Log } from '../base/log.ts';
import { checkTiming, defaultTiming, type LeaderElectionTiming, retryJitter } from './leader-timing.ts';
import type { Moment } from './lease.ts';
import { type Attempt, type LeaseClient, LeaseLock } from './lease-lock.ts';

export interface LeaderElectionOptions extends Partial<LeaderElectionTiming> {
  readonly client: LeaseClient;
  /** Time of day, to be written into the lease and to notice that the machine was suspended. */
  readonly clock: Clock;
  /** A clock that setting the time does not move (`monotonicClock`): whether a holder is dead is measured with it. */
  readonly elapsed: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Unique per process: two processes of one identity would both lead. */
  readonly identity: string;
  readonly namespace: string;
  readonly name: string;
  /** For a process with several electors: who of them tries when. */
  readonly turns?: Turns | undefined;
}

/** Orders the tries of the electors of one process to take a lease. */
export interface Turns {
  /** Resolves when an elector may try, or when the signal aborts. */
  begin(signal: AbortSignal): Promise<void>;
  /** To be called after each try; `held` when the lease was taken. */
  end(held: boolean): void;
}

/** This process led and cannot prove any more that no other does: it must stop writing and exit. */
export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

/**
 * Leader election on a Lease by the rules of client-go. It bears clocks that are hours apart, and clocks that run at
 * different speeds as long as they differ by less than `leaseMs` to `renewDeadlineMs`. It is no fence: what a leader
 * sent before it lost the lease may still arrive after another one took over.
 */
export class LeaderElector {
  readonly #options: LeaderElectionOptions & LeaderElectionTiming;
  readonly #lock: LeaseLock;
  /** When the last renewal that succeeded was sent; undefined while this process does not hold the lease. */
  #renewed: Moment | undefined;
  #otherHolder: string | undefined;

  /** Throws when the durations do not leave a leader the time to stop before another one starts. */
  constructor(options: LeaderElectionOptions) {
    this.#options = { ...defaultTiming, ...options };
    checkTiming(this.#options);
    if (options.identity === '') throw new RangeError('leader election: identity must not be empty');
    this.#lock = new LeaseLock({
      ...this.#options,
      requestTimeoutMs: this.#options.renewDeadlineMs / 2,
    });
  }

  /** Computed from the clock, so that it is false the moment a process wakes up that was stopped for too long. */
  isLeader(): boolean {
    return this.#leftMs() > 0;
  }

  /**
   * Waits for the lease, then runs `lead` with a signal that aborts when `signal` does or when the lease is lost.
   * The lease is renewed until `lead` has ended, then given back; resolves after that, or rejects with what `lead`
   * rejected with. Rejects with `LeadershipLostError` at once, without waiting for `lead`, when the lease is lost.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (!(await this.#acquire(signal))) return;
    const work = new AbortController();
    const ended = new AbortController();
    const stop = (): void => work.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    // The signal may have aborted while the request that took the lease was under way.
    const working = signal.aborted ? Promise.resolve() : start(lead, work.signal);
    const settled = (): void => ended.abort();
    working.then(settled, settled);
    try {
      const lost = await this.#keep(ended.signal);
      if (lost !== undefined) {
        work.abort(lost);
        throw lost;
      }
      await this.#release();
      await working;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #acquire(signal: AbortSignal): Promise<boolean> {
    const { elapsed, random, retryMs, log, turns } = this.#options;
    while (!signal.aborted) {
      if (turns !== undefined) {
        await turns.begin(signal);
        if (signal.aborted) return false;
      }
      const attempt = await this.#lock.acquire();
      turns?.end(attempt.kind === 'held');
      this.#report(attempt);
      if (attempt.kind === 'held') {
        this.#renewed = attempt.since;
        log.info(this.#fields(), 'became leader');
        return true;
      }
      const retry = retryMs * (1 + retryJitter * random());
      const untilFree = attempt.kind === 'other' ? Math.max(1, attempt.untilMs - elapsed.now()) : Infinity;
      await pause(elapsed, Math.min(retry, untilFree), signal);
    }
    return false;
  }

  /** Renews the lease until `ended` aborts; returns why the lease is lost if that comes first. */
  async #keep(ended: AbortSignal): Promise<LeadershipLostError | undefined> {
    const { elapsed, retryMs, renewDeadlineMs } = this.#options;
    let cause: unknown;
    for (;;) {
      await pause(elapsed, Math.min(retryMs, this.#leftMs()), ended);
      if (ended.aborted) return undefined;
      const leftMs = this.#leftMs();
      if (leftMs <= 0) return this.#lost(`was not renewed within ${renewDeadlineMs} ms`, cause);
      const attempt = await this.#lock.renew(elapsed.now() + leftMs);
      if (attempt.kind === 'other') return this.#lost(`was taken by ${attempt.holder || 'nobody'}`);
      this.#report(attempt);
      if (attempt.kind === 'held') this.#renewed = attempt.since;
      else cause = attempt.error;
    }
  }

  #lost(how: string, cause?: unknown): LeadershipLostError {
    this.#renewed = undefined;
    const { namespace, name, identity } = this.#options;
    return new LeadershipLostError(`lost leadership: lease ${namespace}/${name} of ${identity} ${how}`, {
      cause,
    });
  }

  async #release(): Promise<void> {
    this.#renewed = undefined;
    try {
      await this.#lock.release();
      this.#options.log.info(this.#fields(), 'gave the lease back');
    } catch (error) {
      this.#options.log.warn(
        { ...this.#fields(), error: errorChain(error) },
        'could not give the lease back; others wait until it runs out',
      );
    }
  }

  /**
   * Milliseconds until this process has to stop. Of the two clocks the one that moved further counts: the elapsed one
   * stands still while the machine is suspended. To stop too early is safe.
   */
  #leftMs(): number {
    if (this.#renewed === undefined) return 0;
    const now = this.#lock.now();
    const spent = Math.max(now.elapsedMs - this.#renewed.elapsedMs, now.wallMs - this.#renewed.wallMs);
    return this.#options.renewDeadlineMs - spent;
  }

  #report(attempt: Attempt): void {
    const { log } = this.#options;
    if (attempt.kind === 'failed') {
      log.warn({ ...this.#fields(), error: errorChain(attempt.error) }, 'lease request failed, will retry');
    }
    if (attempt.kind === 'other' && attempt.holder !== this.#otherHolder) {
      this.#otherHolder = attempt.holder;
      log.info({ ...this.#fields(), holder: attempt.holder }, 'another process leads, standing by');
    }
  }

  #fields(): object {
    const { namespace, name, identity } = this.#options;
    return { lease: `${namespace}/${name}`, identity };
  }
}

/** Sleeps, but not longer than until `signal` aborts. */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await sleep(clock, ms, signal).catch(() => undefined);
}

/** Calls `lead` so that it can only reject, not throw. */
async function start(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
  await lead(signal);
}
