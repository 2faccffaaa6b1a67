import type { Clock } from '../base/clock.ts';
import { AdaptiveLimiter } from './adaptive-limiter.ts';
import type { AwsApi, Caller, EcrApi } from './api.ts';
import { CircuitBreaker, type Permission } from './circuit-breaker.ts';
import { AwsFailure } from './errors.ts';
import { CredentialFailure } from './failure.ts';

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

/** What a call goes to, and whose quota it counts on. */
interface Destination {
  service: Service;
  endpoint: string;
  account: string;
}

/** Where the rates start, well below any quota that AWS documents. */
const startRates: MaxRates = { sts: 100, ecr: 50 };

/** Who would have to wait longer for its turn is sent away, and comes back after its own back-off. */
const longestWaitSeconds = 30;

/**
 * Stands between the operator and AWS: a rate per service, region and account of the caller, and a circuit breaker per
 * endpoint. Calls wait for their turn, and fail at once while an endpoint is known to be down.
 */
export function guardAwsApi(api: AwsApi, deps: GuardDeps): AwsApi {
  const guard = new Guard(deps);
  const sts = (endpoint: string, account: string): Destination => ({ service: 'sts', endpoint, account });
  return {
    ...api,
    assumeRoleWithWebIdentity: (input) =>
      guard.run(sts(input.region, accountOf(input.roleArn)), () => api.assumeRoleWithWebIdentity(input)),
    assumeRole: (input) =>
      guard.run(sts(input.region, payer(input.callerArn, input.caller)), () => api.assumeRole(input)),
    getCallerIdentity: (input) =>
      guard.run(sts(input.region, payer(undefined, input.caller)), () => api.getCallerIdentity(input)),
    getAuthorizationToken: (input) => {
      const account = payer(input.callerArn, input.caller);
      const to: Destination = { service: 'ecr', endpoint: endpointOf(input.api), account };
      return guard.run(to, () => api.getAuthorizationToken(input));
    },
  };
}

class Guard {
  readonly #deps: GuardDeps;
  readonly #limiters = new Map<string, AdaptiveLimiter>();
  readonly #breakers = new Map<string, CircuitBreaker>();

  constructor(deps: GuardDeps) {
    this.#deps = deps;
  }

  async run<T>(to: Destination, call: () => Promise<T>): Promise<T> {
    const breaker = this.#breakerOf(to);
    const limiter = this.#limiterOf(to);
    const permission = await this.#turn(to, breaker, limiter);
    try {
      const answer = await call();
      limiter.succeeded();
      breaker.answered();
      return answer;
    } catch (error) {
      noteFailure(error, limiter, breaker, permission);
      throw error;
    }
  }

  async #turn(to: Destination, breaker: CircuitBreaker, limiter: AdaptiveLimiter): Promise<Permission> {
    const early = breaker.ask();
    if (early.kind === 'open') throw endpointDown(to, early.because);
    if (limiter.waiting / limiter.rate > longestWaitSeconds) {
      breaker.abandoned(early);
      throw tooMany(to, limiter);
    }
    await limiter.take();
    // Many may have waited for their turn while the endpoint went down.
    const permission = early.kind === 'closed' ? breaker.ask() : early;
    if (permission.kind === 'open') throw endpointDown(to, permission.because);
    return permission;
  }

  #breakerOf({ service, endpoint }: Destination): CircuitBreaker {
    const { clock, random } = this.#deps;
    return entry(this.#breakers, `${service} ${endpoint}`, () => new CircuitBreaker(clock, random));
  }

  #limiterOf({ service, endpoint, account }: Destination): AdaptiveLimiter {
    const { clock, maxRates } = this.#deps;
    const rates = { clock, start: startRates[service], max: maxRates[service] };
    return entry(this.#limiters, `${service} ${endpoint} ${account}`, () => new AdaptiveLimiter(rates));
  }
}

function noteFailure(
  error: unknown,
  limiter: AdaptiveLimiter,
  breaker: CircuitBreaker,
  permission: Permission,
): void {
  const failure = error instanceof AwsFailure ? error : undefined;
  if (failure?.kind === 'throttled') limiter.throttled();
  const noAnswer = failure?.httpStatus === undefined || failure.httpStatus >= 500;
  if (failure?.kind === 'transient' && noAnswer) breaker.failed(permission, failure.message);
  else breaker.answered();
}

function endpointDown({ service, endpoint }: Destination, because: string): CredentialFailure {
  const message = `${service} in ${endpoint} has failed several times in a row and is tried again soon by one call for all. Last: ${because}`;
  return new CredentialFailure({ kind: 'transient', reason: 'EndpointDown', message });
}

function tooMany({ service, endpoint }: Destination, { waiting }: AdaptiveLimiter): CredentialFailure {
  const message = `${waiting} calls to ${service} in ${endpoint} wait for their turn, as AWS throttles them. It is tried again.`;
  return new CredentialFailure({ kind: 'throttled', reason: 'Throttled', message });
}

/** Region and form of the host: one may fail while the others work. */
function endpointOf(api: EcrApi): string {
  if (api.kind === 'public') return 'public';
  return `${api.region}${api.fips ? ' FIPS' : ''}${api.dualStack ? ' dual-stack' : ''}`;
}

/** AWS counts calls by the account of the caller; one whose ARN is not known yet is known by its name. */
function payer(callerArn: string | undefined, { subject }: Caller): string {
  return accountOf(callerArn ?? '') || (subject ?? '');
}

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
