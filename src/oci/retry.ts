import { jitteredDelay, type BackoffPolicy } from '../base/backoff.ts';

/** How one try of a request ended. */
export type Ending =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs: number | undefined }
  /** No answer; `code` is Node's. */
  | { readonly kind: 'lost'; readonly code: string | undefined };

const mostTries = 4;
const backoff: BackoffPolicy = { baseMs: 200, maxMs: 3_000, factor: 2 };

/** DELETE ends an upload: once more than needed does no harm, once less leaves data behind. POST starts one. */
const repeatable = new Set(['GET', 'HEAD', 'DELETE']);
const passing = new Set([500, 502, 503, 504]);
const lost = new Set<string | undefined>(['ECONNRESET', 'EPIPE']);

/**
 * Milliseconds until the next try, or undefined when this was the last one. `tried` counts the tries so far. A POST is
 * repeated only after a 429, which did nothing: nobody could cancel an upload whose answer was lost. Waiting that outlasts
 * `leftMs` is not begun.
 */
export function retryDelay(
  method: string,
  ending: Ending,
  { tried, leftMs, random }: { tried: number; leftMs: number; random: () => number },
): number | undefined {
  if (tried >= mostTries || !mayRepeat(method, ending)) return undefined;
  const asked = ending.kind === 'answer' ? (ending.retryAfterMs ?? 0) : 0;
  const ms = Math.max(asked, Math.round(jitteredDelay(tried, backoff, random)));
  return ms < leftMs ? ms : undefined;
}

function mayRepeat(method: string, ending: Ending): boolean {
  if (ending.kind === 'answer' && ending.status === 429) return true;
  if (!repeatable.has(method)) return false;
  return ending.kind === 'lost' ? lost.has(ending.code) : passing.has(ending.status);
}

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date. Undefined for neither. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
