import type { Loss } from './errors.ts';

/** How one try of a request failed. `retryAfterMs` is what the API server asked for. */
export type Failure =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'connection'; readonly loss: Loss };

/** How often each was tried already for the same request. */
export type Tries = Readonly<Record<Exclude<Retry['kind'], 'give up'>, number>>;

export type Retry =
  | { readonly kind: 'give up' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'renew credentials' }
  | { readonly kind: 'reconnect' };

export const noTries: Tries = { wait: 0, 'renew credentials': 0, reconnect: 0 };

const mostWaits = 5;

/** Longer than this is for the caller to plan: it gets the error with `retryAfterMs`. */
const longestWaitMs = 30_000;

/** What priority and fairness of the API server asks for when it says how long. */
const defaultWaitMs = 1_000;

const repeatable = new Set(['PUT', 'PATCH', 'DELETE']);

/**
 * Whether and how to send a request again. Only what cannot have been carried out is repeated, but for GET: 429 and a 503
 * with Retry-After are refused before any work is done, a connection that was closed while idle carried nothing. A POST is
 * never repeated blindly: nobody can tell the second one from the first.
 */
export function decideRetry(failure: Failure, method: string, tries: Tries, random: () => number): Retry {
  if (failure.kind === 'connection') {
    const { loss } = failure;
    const harmless = method === 'GET' ? loss !== 'other' : repeatable.has(method) && loss === 'idle';
    return harmless && tries.reconnect === 0 ? { kind: 'reconnect' } : { kind: 'give up' };
  }
  if (failure.status === 401)
    return tries['renew credentials'] === 0 ? { kind: 'renew credentials' } : { kind: 'give up' };
  const ms = waitOf(failure.status, failure.retryAfterMs);
  if (ms === undefined || ms > longestWaitMs || tries.wait >= mostWaits) return { kind: 'give up' };
  return { kind: 'wait', ms: spread(ms, random) };
}

function waitOf(status: number, retryAfterMs: number | undefined): number | undefined {
  if (status === 429) return retryAfterMs ?? defaultWaitMs;
  return status === 503 ? retryAfterMs : undefined;
}

/** Clients that were turned away together must not come back together. */
function spread(ms: number, random: () => number): number {
  return Math.round(ms * (1 + 0.2 * random()));
}

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date. Undefined for neither. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
