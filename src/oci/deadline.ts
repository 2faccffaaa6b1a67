import type { Clock } from '../base/clock.ts';
import { OciProblem } from './error-model.ts';

/** How long an operation may still take, over all of its tries. */
export interface Limit {
  /** Aborts when the caller's signal does, or when the time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  leftMs(): number;
}

/**
 * Runs `work` within `ms`. Rejects with the reason of `signal` when that aborts, and with a problem of the code TIMEOUT
 * when the time is up, whatever error `work` ended with.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  work: (limit: Limit) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal?.reason);
  const expire = (): void =>
    controller.abort(new OciProblem({ code: 'TIMEOUT', status: 0, said: `no answer within ${ms / 1000} s` }));
  signal?.addEventListener('abort', follow, { once: true });
  const due = clock.now() + ms;
  const cancel = clock.after(ms, expire);
  try {
    return await work({ signal: controller.signal, leftMs: () => due - clock.now() });
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    cancel();
    signal?.removeEventListener('abort', follow);
  }
}
