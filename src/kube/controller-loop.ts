import type { Clock } from '../base/clock.ts';
import { errorChain } from '../base/error-chain.ts';
import type { Log } from '../base/log.ts';
import type { WorkQueue } from './work-queue.ts';

/** How a reconcile ended; one that throws failed for now and is retried with backoff. */
export type Outcome =
  /** Nothing to do until something changes. */
  | { readonly kind: 'done' }
  /** All is well; look again in `afterMs` milliseconds even if nothing changes. */
  | { readonly kind: 'requeue'; readonly afterMs: number; readonly reason?: string }
  /** Failed in a way that was reported already; tried again with backoff. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** A user must change something; trying again before that is of no use. */
  | { readonly kind: 'stalled'; readonly reason: string; readonly message: string };

/** One finished reconcile, for metrics. `error`: it threw; `aborted`: it threw because it was told to stop. */
export interface Run {
  readonly outcome: Outcome['kind'] | 'error' | 'aborted';
  readonly seconds: number;
}

export interface WorkersOptions<K extends string> {
  readonly queue: WorkQueue<K>;
  /** How many keys are worked on at the same time. */
  readonly workers: number;
  readonly reconcile: (key: K, signal: AbortSignal) => Promise<Outcome>;
  readonly log: Log;
  readonly clock: Clock;
  readonly observe?: (run: Run) => void;
}

export interface Workers {
  /** Resolves when the queue was shut down and every worker has ended its key. */
  readonly finished: Promise<void>;
  /**
   * Since when (milliseconds of the clock) the slowest worker has shown no progress: the start of the key that it has
   * had the longest, or now if all of them wait for work. A liveness probe compares this with its limit.
   */
  lastProgressMs(): number;
}

/**
 * Starts the workers of one controller. `queue.shutDown()` ends them in good order; `signal` shuts the queue down and
 * also aborts what is under way, for a process that must not write any more.
 */
export function runWorkers<K extends string>(options: WorkersOptions<K>, signal: AbortSignal): Workers {
  const { queue, workers, clock } = options;
  const busySince = new Map<number, number>();
  const close = (): void => void queue.shutDown();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });

  const work = async (worker: number): Promise<void> => {
    for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
      busySince.set(worker, clock.now());
      try {
        await runOnce(options, key, signal);
      } finally {
        busySince.delete(worker);
        queue.done(key);
      }
    }
  };
  const all = Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  return {
    finished: all.then(() => signal.removeEventListener('abort', close)),
    lastProgressMs: () => Math.min(clock.now(), ...busySince.values()),
  };
}

async function runOnce<K extends string>(
  options: WorkersOptions<K>,
  key: K,
  signal: AbortSignal,
): Promise<void> {
  const { queue, reconcile, log, clock, observe } = options;
  const startMs = clock.now();
  let outcome: Run['outcome'];
  try {
    const ended = await reconcile(key, signal);
    follow(ended, key, queue, log);
    outcome = ended.kind;
  } catch (error) {
    outcome = signal.aborted ? 'aborted' : 'error';
    if (outcome === 'error') retry(error, key, queue, log);
  }
  observe?.({ outcome, seconds: Math.max(0, clock.now() - startMs) / 1000 });
}

/** What an outcome means for the key. Each arm says itself whether a series of failures is over. */
function follow<K extends string>(outcome: Outcome, key: K, queue: WorkQueue<K>, log: Log): void {
  switch (outcome.kind) {
    case 'done':
      queue.forget(key);
      return;
    case 'requeue':
      queue.forget(key);
      queue.addAfter(key, outcome.afterMs, { priority: 'low' });
      log.debug({ key, afterMs: outcome.afterMs, reason: outcome.reason }, 'will look again');
      return;
    case 'retry':
      queue.addRateLimited(key);
      log.debug({ key, failures: queue.failures(key), reason: outcome.reason }, 'will retry');
      return;
    case 'stalled':
      queue.forget(key);
      log.info({ key, reason: outcome.reason, detail: outcome.message }, 'waits for a change by a user');
      return;
  }
}

function retry<K extends string>(error: unknown, key: K, queue: WorkQueue<K>, log: Log): void {
  queue.addRateLimited(key);
  log.warn({ key, failures: queue.failures(key), error: errorChain(error) }, 'reconcile failed, will retry');
}
