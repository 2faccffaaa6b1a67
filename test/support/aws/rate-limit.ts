import type { Clock } from '../../../src/base/clock.ts';
import type { RateLimit, SettingsStore } from './settings.ts';

/** True when one more call of `api` (`<service>:<operation>`) is within the limit of that region and account. */
export type TakeCall = (api: string, region: string, account: string) => boolean;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** One token bucket per (API, region, account); a changed limit applies from the next call on. */
export function createRateLimiter(clock: Clock, settings: SettingsStore): TakeCall {
  const buckets = new Map<string, Bucket>();
  return (api, region, account) => {
    const { rateLimits } = settings.current();
    const limit = rateLimits[api] ?? rateLimits['*'];
    if (limit === undefined) return true;
    const key = `${api} ${region} ${account}`;
    const bucket = refill(buckets.get(key), limit, clock.now());
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}

function refill(bucket: Bucket | undefined, limit: RateLimit, now: number): Bucket {
  if (bucket === undefined) return { tokens: limit.burst, filledAt: now };
  const gained = (Math.max(0, now - bucket.filledAt) / 1000) * limit.perSecond;
  return { tokens: Math.min(limit.burst, bucket.tokens + gained), filledAt: now };
}
