import { jitteredDelay, type BackoffPolicy } from '../base/backoff.ts';
import { ApiError, isBadRequest, isGone, isInvalid, isResourceVersionTooLarge } from './errors.ts';
import { SilentStreamError } from './list-watch-stream.ts';

/** What a reflector was doing: a list page by page, a list as a stream, or following what changes. */
export type Phase = 'paged list' | 'streaming list' | 'watch';

const backoff: BackoffPolicy = { baseMs: 800, maxMs: 30_000, factor: 2 };

/** A stream that stayed up this long proves that the API server is well: the backoff starts from the beginning. */
const healthyMs = 10_000;

/** A watch that ends sooner is a failure even when it ends in good order, or a broken server would be hammered. */
export const shortestWatchMs = 1_000;

export interface Recovery {
  /** The place in the history is lost: all objects must be listed anew. */
  readonly relist: boolean;
  /** Ask this server for no streaming list again. */
  readonly usePages: boolean;
  /** Failures in a row, with this one. */
  readonly failures: number;
  /** Milliseconds to wait before going on. */
  readonly waitMs: number;
}

/** What to do after an error, keeping the place in the history wherever possible. `upMs`: since the phase was begun. */
export function recoveryFrom(
  error: unknown,
  phase: Phase,
  before: { readonly failures: number; readonly upMs: number },
  random: () => number,
): Recovery {
  const relist = phase !== 'watch' || isGone(error) || isResourceVersionTooLarge(error);
  if (phase === 'streaming list' && (isBadRequest(error) || isInvalid(error)))
    return { relist, usePages: true, failures: before.failures, waitMs: 0 };
  const failures = before.upMs >= healthyMs ? 1 : before.failures + 1;
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return {
    relist,
    // A server that knows nothing of streaming lists and does not say so never marks their end.
    usePages: phase === 'streaming list' && error instanceof SilentStreamError,
    failures,
    waitMs: Math.max(jitteredDelay(failures, backoff, random), Math.min(asked, backoff.maxMs)),
  };
}
