import type { Clock } from '../base/clock.ts';
import { errorChain } from '../base/error-chain.ts';
import type { Log } from '../base/log.ts';
import type { WorkQueue } from './work-queue.ts';

export type Outcome =
  | { kind: 'done' }
  | { kind: 'requeue'; afterMs: number }
  | { kind: 'stalled'; reason: string; message: string };

export interface Workers {
  run(signal: AbortSignal): Promise<void>;
  lastProgressMs(): number;
}

export function createWorkers(o: {
  queue: WorkQueue<string>;
  workers: number;
  reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>;
  log: Log;
  clock: Clock;
  observe: (outcome: string) => void;
}): Workers {
  let progress = o.clock.now();
  const busy = new Set<symbol>();
  async function work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await o.queue.get(signal);
      if (key === undefined) return;
      const id = Symbol();
      if (busy.size === 0) progress = o.clock.now();
      busy.add(id);
      try {
        const outcome = await o.reconcile(key, signal);
        o.queue.forget(key);
        o.observe(outcome.kind);
        if (outcome.kind === 'requeue') o.queue.addAfter(key, outcome.afterMs);
      } catch (error) {
        o.observe('error');
        o.log.warn({ key, error: errorChain(error) }, 'reconcile failed, it is tried again');
        o.queue.addRateLimited(key);
      } finally {
        busy.delete(id);
        progress = o.clock.now();
        o.queue.done(key);
      }
    }
  }
  return {
    async run(signal) {
      const running = Array.from({ length: o.workers }, () => work(signal));
      await Promise.all(running);
      await o.queue.shutDown();
    },
    lastProgressMs: () => (busy.size === 0 ? o.clock.now() : progress),
  };
}
