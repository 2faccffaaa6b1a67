import type { Clock } from '../base/clock.ts';
import { AdaptiveLimiter } from './adaptive-limiter.ts';
import type { AwsApi } from './api.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { AwsFailure } from './errors.ts';
import { CredentialFailure } from './failure.ts';
import { publicEcrRegion } from './sdk.ts';

/** Most calls per second for one caller and region, by service. */
export interface MaxRates {
  sts: number;
  ecr: number;
}

export interface GuardDeps {
  clock: Clock;
  random: () => number;
  maxRates: MaxRates;
}

type Service = keyof MaxRates;

/** Where the rates start, well below any quota that AWS documents. */
const startRates: MaxRates = { sts: 100, ecr: 50 };

/**
 * Stands between the operator and AWS: a rate per service, region and account of the caller, and a circuit breaker per
 * service and region. Calls wait for their turn, and fail at once while an endpoint is known to be down.
 */
export function guardAwsApi(api: AwsApi, deps: GuardDeps): AwsApi {
  const limiters = new Map<string, AdaptiveLimiter>();
  const breakers = new Map<string, CircuitBreaker>();

  async function guard<T>(
    service: Service,
    region: string,
    account: string,
    call: () => Promise<T>,
  ): Promise<T> {
    const breaker = entry(
      breakers,
      `${service} ${region}`,
      () => new CircuitBreaker(deps.clock, deps.random),
    );
    const limiter = entry(limiters, `${service} ${region} ${account}`, () => {
      return new AdaptiveLimiter({
        clock: deps.clock,
        start: startRates[service],
        max: deps.maxRates[service],
      });
    });
    let permission = breaker.ask();
    if (permission.kind !== 'open') await limiter.take();
    // Many may have waited for their turn while the endpoint went down.
    if (permission.kind === 'closed') permission = breaker.ask();
    if (permission.kind === 'open') throw endpointDown(service, region, permission.because);
    try {
      const answer = await call();
      limiter.succeeded();
      breaker.answered();
      return answer;
    } catch (error) {
      noteFailure(error, limiter, breaker);
      throw error;
    }
  }

  return {
    ...api,
    assumeRoleWithWebIdentity: (input) =>
      guard('sts', input.region, accountOf(input.roleArn), () => api.assumeRoleWithWebIdentity(input)),
    assumeRole: (input) =>
      guard('sts', input.region, input.credentials.accessKeyId, () => api.assumeRole(input)),
    getCallerIdentity: (input) =>
      guard('sts', input.region, input.credentials.accessKeyId, () => api.getCallerIdentity(input)),
    getAuthorizationToken: (input) => {
      const region = input.api.kind === 'public' ? `${publicEcrRegion} public` : input.api.region;
      return guard('ecr', region, accountOf(input.caller.subject ?? ''), () =>
        api.getAuthorizationToken(input),
      );
    },
  };
}

function noteFailure(error: unknown, limiter: AdaptiveLimiter, breaker: CircuitBreaker): void {
  const failure = error instanceof AwsFailure ? error : undefined;
  if (failure?.kind === 'throttled') limiter.throttled();
  const noAnswer = failure?.httpStatus === undefined || failure.httpStatus >= 500;
  if (failure?.kind === 'transient' && noAnswer) breaker.failed(failure.message);
  else breaker.answered();
}

function endpointDown(service: Service, region: string, because: string): CredentialFailure {
  const message = `${service} in ${region} has failed several times in a row and is tried again soon by one call for all. Last: ${because}`;
  return new CredentialFailure({ kind: 'transient', reason: 'EndpointDown', message });
}

/** Account in an ARN; AWS counts calls by account. */
function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
