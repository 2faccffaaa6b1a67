import type { STSClientConfig } from '@aws-sdk/client-sts';

type RetryStrategy = NonNullable<STSClientConfig['retryStrategy']>;

const attempts = 3;
const firstDelayMs = 100;

/**
 * How the SDK tries a call again by itself: lost connections, 5xx and clocks that are off, twice and soon. Not
 * throttling: the rate limiter must hear of it, and what is left is tried again by the token source, slower.
 */
export function createRetryStrategy(random: () => number): RetryStrategy {
  const token = (retries: number) => ({
    getRetryCount: () => retries,
    getRetryDelay: () => (retries === 0 ? 0 : firstDelayMs * 2 ** retries * random()),
    getRetryCost: () => undefined,
  });
  return {
    mode: 'standard',
    acquireInitialRetryToken: () => Promise.resolve(token(0)),
    refreshRetryTokenForRetry(before, { errorType }) {
      const retries = before.getRetryCount() + 1;
      const again = retries < attempts && errorType !== 'THROTTLING' && errorType !== 'CLIENT_ERROR';
      return again
        ? Promise.resolve(token(retries))
        : Promise.reject(new Error('the SDK does not try again'));
    },
    recordSuccess() {},
  };
}
