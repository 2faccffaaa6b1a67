import { type BackoffPolicy, jitteredDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { shortHash } from '../base/hash.ts';
import { SingleFlight } from '../base/single-flight.ts';
import { type Identity, identityKey } from '../identity/identity.ts';
import type { AwsApi, EcrApi } from './api.ts';
import { type AuthorizationToken, parseAuthorizationData } from './authorization-token.ts';
import { AwsFailure } from './errors.ts';
import { type Failure, failureOf } from './failure.ts';
import { decideRefresh } from './refresh-schedule.ts';
import { callerOf, type SessionCache } from './session.ts';

/** Who asks which ECR API. */
export interface TokenRequest {
  identity: Identity;
  api: EcrApi;
}

/** An authorization token and who it was issued to. */
export type IssuedAuthorization = AuthorizationToken & { readonly callerArn: string | undefined };

/** How old may be what the token source knows; epoch milliseconds. */
export interface Freshness {
  notBeforeMs?: number;
  failuresFromMs?: number;
}

/** A failure, and when the next call to AWS for this token is allowed. */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable';
  readonly failure: Failure;
  /** Epoch milliseconds. */
  readonly retryAtMs: number;

  constructor(failure: Failure, retryAtMs: number) {
    super(failure.message);
    this.failure = failure;
    this.retryAtMs = retryAtMs;
  }
}

export interface TokenSourceDeps {
  api: Pick<AwsApi, 'getAuthorizationToken'>;
  sessions: Pick<SessionCache, 'get' | 'forget'>;
  clock: Clock;
  random: () => number;
  /** Called for each token that AWS issues. */
  onIssued?: (request: TokenRequest) => void;
}

const transientRetry: BackoffPolicy = { baseMs: 5_000, maxMs: 300_000, factor: 2 };
/** What a user must change is looked at again now and then: a trust policy has no event. */
const terminalRetry: BackoffPolicy = { baseMs: 60_000, maxMs: 600_000, factor: 2 };

/** Equal for requests that the same token answers. */
export function tokenKey({ identity, api }: TokenRequest): string {
  return shortHash(`${identityKey(identity)} ${JSON.stringify(api)}`);
}

const sweepEveryMs = 60_000;
/** Many objects may change at once: they do not all ask again at once. */
const changedRetryMs = 5_000;

interface Failed {
  failure: Failure;
  at: number;
  count: number;
  retryAtMs: number;
}

/**
 * The one place that asks ECR for tokens. One call at a time per key, one call per refresh however many Secrets want it,
 * and after a failure none before its back-off has passed, whoever asks.
 */
export class TokenSource {
  readonly #deps: TokenSourceDeps;
  readonly #tokens = new Map<string, IssuedAuthorization>();
  readonly #failed = new Map<string, Failed>();
  readonly #flights = new SingleFlight<IssuedAuthorization>();
  #sweptAtMs = 0;

  constructor(deps: TokenSourceDeps) {
    this.#deps = deps;
  }

  /**
   * A token that is not yet due for refresh, from the cache or from AWS. `notBeforeMs`: one that was issued at or after
   * this time. `failuresFromMs`: failures before this time do not count, since something changed. Rejects with
   * TokenUnavailable.
   */
  async get(
    request: TokenRequest,
    { notBeforeMs = 0, failuresFromMs = 0 }: Freshness = {},
  ): Promise<IssuedAuthorization> {
    const key = tokenKey(request);
    const cached = this.#tokens.get(key);
    if (cached !== undefined && cached.issuedAtMs >= notBeforeMs && !this.#isDue(key, cached)) return cached;
    const failed = this.#failed.get(key);
    if (failed !== undefined && failed.at >= notBeforeMs && this.#counts(failed, failuresFromMs)) {
      throw new TokenUnavailable(failed.failure, failed.retryAtMs);
    }
    const issued = await this.#flights.run(key, () => this.#fetch(key, request));
    // One that was under way already may have been asked for before.
    if (issued.issuedAtMs >= notBeforeMs) return issued;
    return this.#flights.run(key, () => this.#fetch(key, request));
  }

  /** Whether a failure still keeps everybody from asking. One of the future is from before the clock was set back. */
  #counts({ at, retryAtMs }: Failed, failuresFromMs: number): boolean {
    const now = this.#deps.clock.now();
    if (now < at || now >= retryAtMs) return false;
    return at >= failuresFromMs || now - at < changedRetryMs;
  }

  async #fetch(key: string, request: TokenRequest): Promise<IssuedAuthorization> {
    try {
      const issued = await this.#ask(request);
      this.#forgetExpired();
      this.#tokens.set(key, issued);
      this.#failed.delete(key);
      this.#deps.onIssued?.(request);
      return issued;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      throw new TokenUnavailable(failure, this.#noteFailure(key, failure));
    }
  }

  async #ask({ identity, api }: TokenRequest): Promise<IssuedAuthorization> {
    const { sessions, clock } = this.#deps;
    const { credentials, callerArn } = await sessions.get(identity);
    try {
      const caller = { ...callerOf(identity), ...(callerArn === undefined ? {} : { subject: callerArn }) };
      // Taken before the request, so that the life of the token is never overrated.
      const askedAtMs = clock.now();
      const answer = await this.#deps.api.getAuthorizationToken({ api, credentials, callerArn, caller });
      return { ...parseAuthorizationData(answer, askedAtMs), callerArn };
    } catch (error) {
      // Keys that ECR refuses may have been revoked: the next try opens a new session.
      if (isRefused(error)) sessions.forget(identity);
      throw error;
    }
  }

  #noteFailure(key: string, failure: Failure): number {
    const { clock, random } = this.#deps;
    const before = this.#failed.get(key);
    // A try before its time, since an object changed, is no reason to wait longer.
    const early = before !== undefined && clock.now() < before.retryAtMs;
    const count = early ? before.count : (before?.count ?? 0) + 1;
    const policy = failure.kind === 'terminal' ? terminalRetry : transientRetry;
    const retryAtMs = clock.now() + jitteredDelay(count, policy, random);
    this.#failed.set(key, { failure, at: clock.now(), count, retryAtMs });
    return retryAtMs;
  }

  #isDue(key: string, { issuedAtMs, expiresAtMs }: AuthorizationToken): boolean {
    return decideRefresh({ nowMs: this.#deps.clock.now(), issuedAtMs, expiresAtMs, jitterKey: key }).do;
  }

  /** Bounds the cache: identities come and go with their objects. Now and then, as it looks at all of them. */
  #forgetExpired(): void {
    const now = this.#deps.clock.now();
    if (now - this.#sweptAtMs < sweepEveryMs) return;
    this.#sweptAtMs = now;
    for (const [key, token] of this.#tokens) if (token.expiresAtMs <= now) this.#tokens.delete(key);
    for (const [key, failed] of this.#failed)
      if (failed.retryAtMs + 3_600_000 < now) this.#failed.delete(key);
  }
}

/** AWS does not take the keys, or not for this: other keys may do. */
function isRefused(error: unknown): boolean {
  return error instanceof AwsFailure && (error.kind === 'terminal' || error.code.startsWith('ExpiredToken'));
}
