import { sleep, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { KubeClient, Selection } from './client.ts';
import type { KubeObject, ResourceType } from './object.ts';
import { recoveryFrom } from './reflector-recovery.ts';
import { ListWatchSession } from './reflector-session.ts';
import { ReflectorStore, type OnChange, type StoreHooks } from './reflector-store.ts';
import { TroubleLog } from './reflector-trouble.ts';

export interface ReflectorOptions<S> extends Selection {
  readonly client: Pick<KubeClient, 'listPages' | 'watch'>;
  readonly type: ResourceType;
  /**
   * Makes the small thing to keep of an object. Undefined keeps nothing of it, not even its key: `get`, `entries` and
   * `size` do not know it, `onChange(key, undefined, before)` is still called for each of its events and again after each
   * list, and a deletion missed while the watch was down is not noticed.
   */
  readonly trim: (obj: KubeObject) => S | undefined;
  /** Called in order of the events, after the store has changed. What it throws is logged and goes no further. */
  readonly onChange: OnChange<S>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** After how long without a byte a watch counts as dead; 90 s when not said. */
  readonly idleMs?: number | undefined;
}

/** A live copy of the objects that a selection matches, cut down to what `trim` keeps. */
export interface Reflector<S> {
  /** Fills the copy and keeps it true until the signal aborts, whatever happens to the API server. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  get(key: string): S | undefined;
  entries(): IterableIterator<[key: string, value: S]>;
  readonly size: number;
  /** Whether one whole list has been read; from then on the copy may lag but is never partial. */
  hasSynced(): boolean;
  /** Resolves at the first whole list; rejects with the signal's reason. */
  synced(signal?: AbortSignal): Promise<void>;
  /** Epoch milliseconds of the last sign of life: an event, a bookmark, the end of a list. 0 before the first. */
  lastActivityMs(): number;
}

/** See `Reflector`. Nothing happens before `run`. */
export function createReflector<S>(options: ReflectorOptions<S>): Reflector<S> {
  const { clock, type } = options;
  const store = new ReflectorStore<S>({ ...options, onThrow: throwLogger(options) });
  const trouble = new TroubleLog(options.log, `following ${type.plural}`);
  const firstList = Promise.withResolvers<void>();
  let synced = false;
  let lastActivity = 0;
  const session = new ListWatchSession(options, store, {
    alive() {
      lastActivity = clock.now();
      trouble.over();
    },
    listed() {
      synced = true;
      firstList.resolve();
    },
  });
  let running = false;
  return {
    async run(signal) {
      if (running) throw new Error(`the reflector of ${type.plural} runs already`);
      running = true;
      await keepGoing(options, session, trouble, signal);
    },
    get: (key) => store.get(key),
    entries: () => store.entries(),
    get size() {
      return store.size;
    },
    hasSynced: () => synced,
    synced: (signal) => unlessAborted(firstList.promise, signal),
    lastActivityMs: () => lastActivity,
  };
}

async function keepGoing<S>(
  { clock, random }: ReflectorOptions<S>,
  session: ListWatchSession<S>,
  trouble: TroubleLog,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const started = clock.now();
    try {
      await session.advance(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const upMs = clock.now() - started;
      const recovery = recoveryFrom(error, session.phase, { failures, upMs }, random);
      failures = recovery.failures;
      if (recovery.relist) session.startOver();
      if (recovery.usePages) session.usePages();
      if (recovery.waitMs === 0) continue;
      trouble.met(error);
      await sleep(clock, recovery.waitMs, signal).catch(() => undefined);
    }
  }
}

function throwLogger<S>({ log, type }: ReflectorOptions<S>): StoreHooks<S>['onThrow'] {
  return (key, hook, error) =>
    log.error({ err: error, key }, `${hook} of the reflector of ${type.plural} threw`);
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve).finally(() => signal.removeEventListener('abort', abort));
  });
}
