import { hash32, shortHash } from '../base/hash.ts';
import { memoize } from '../base/memoize.ts';

const hour = 3_600_000;
const jitterShare = 0.05;
/** ECR tokens live for 12 hours; an hour more allows for a clock that is a little behind. */
export const longestLifetimeMs = 13 * hour;
/** A clock that is set back a little by NTP is no reason to fetch everything again. */
const clockToleranceMs = 5 * 60_000;

/** When a token was issued and until when it is good, in epoch milliseconds, and whose it is. */
export interface TokenTimes {
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Names the identity; tokens of different identities are refreshed at different times. */
  readonly jitterKey: string;
  /** A share of the lifetime, 0 to `renewalWindowShare`: spreads the Secrets that have the same token. */
  readonly lateShare?: number | undefined;
}

/** Ten minutes of a token of 12 hours. */
const renewalWindowShare = 1 / 72;

/** A place in the window in which the Secrets with the same token are renewed, the same after every restart. */
export function lateShareOf(key: string): number {
  return (renewalWindowShare * hash32(key)) / 2 ** 32;
}

/**
 * When to refresh, in epoch milliseconds: after half of the token's real lifetime, 5 % of the lifetime earlier or later
 * by a hash of `jitterKey`, so the same after every restart.
 *
 * Guarantee: at least 45 % of the lifetime is left then, which is more than a sixth of it and more than 2 hours of a
 * 12 hour token. That is also how long AWS may be down without a token running out: 5 h 24 min of 12 h. The jitter is
 * a share of the lifetime, so identities that started together drift further apart with every refresh.
 */
export function refreshAtMs({ issuedAtMs, expiresAtMs, jitterKey, lateShare = 0 }: TokenTimes): number {
  const lifetime = expiresAtMs - issuedAtMs;
  return Math.floor(issuedAtMs + lifetime * (0.5 + jitterShare * spread(jitterKey) + lateShare));
}

/** A number in [-1, 1) that depends on the key alone. The Secrets that have the same token ask for the same one. */
const spread = memoize(
  1024,
  (key: string): number => Number.parseInt(shortHash(key).slice(0, 8), 16) / 2 ** 31 - 1,
);

/** Whether to fetch a token now, and why; `atMs` is when it falls due, in epoch milliseconds. */
export type RefreshDecision =
  | { readonly do: true; readonly reason: RefreshReason }
  | { readonly do: false; readonly reason: 'NotDue'; readonly atMs: number };

type RefreshReason =
  /** There is no token, or its times are not recorded. */
  | 'Missing'
  /** Its times make no sense: it ends before it starts, or lives longer than ECR tokens do. */
  | 'ImplausibleLifetime'
  /** It was issued in the future: the clock went back, and all that was planned by it is void. */
  | 'ClockWentBackwards'
  | 'Expired'
  | 'Due';

/** Decides from wall-clock time and the recorded times alone, so a restart or a suspended machine changes nothing. */
export function decideRefresh(state: {
  readonly nowMs: number;
  readonly issuedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  readonly jitterKey: string;
  readonly lateShare?: number | undefined;
}): RefreshDecision {
  const { nowMs, issuedAtMs, expiresAtMs, jitterKey, lateShare } = state;
  if (issuedAtMs === undefined || expiresAtMs === undefined) return { do: true, reason: 'Missing' };
  const lifetime = expiresAtMs - issuedAtMs;
  // Written so that NaN, which is what a forged annotation parses to, is implausible too.
  if (!(lifetime > 0 && lifetime <= longestLifetimeMs)) return { do: true, reason: 'ImplausibleLifetime' };
  if (issuedAtMs > nowMs + clockToleranceMs) return { do: true, reason: 'ClockWentBackwards' };
  if (nowMs >= expiresAtMs) return { do: true, reason: 'Expired' };
  const atMs = refreshAtMs({ issuedAtMs, expiresAtMs, jitterKey, lateShare });
  return nowMs >= atMs ? { do: true, reason: 'Due' } : { do: false, reason: 'NotDue', atMs };
}
