import { type BackoffPolicy, jitteredDelay } from '../base/backoff.ts';
import { type Clock, sleep } from '../base/clock.ts';
import { failureOf } from '../aws/failure.ts';

const tries = 5;
const waits: BackoffPolicy = { baseMs: 500, maxMs: 8_000, factor: 2 };

/**
 * Makes a call to AWS again, slower, while AWS throttles it: that many objects are verified together says nothing about
 * any of them. All other failures count at once.
 */
export async function patiently<T>(
  { clock, random }: { clock: Clock; random: () => number },
  call: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await call();
    } catch (error) {
      if (tried >= tries || failureOf(error)?.kind !== 'throttled') throw error;
      await sleep(clock, jitteredDelay(tried, waits, random));
    }
  }
}
