import type { Clock } from '../base/clock.ts';
import type { Redacted } from '../base/redacted.ts';
import { SingleFlight } from '../base/single-flight.ts';
import { describeRoot, type Identity, identityKey } from '../identity/identity.ts';
import type { AwsApi, AwsCredentials, Caller } from './api.ts';

/** An identity that AWS has accepted: keys to sign with, and what AWS calls the caller. */
export interface Session {
  credentials: AwsCredentials;
  /** Undefined where no call said it. */
  callerArn: string | undefined;
}

export interface SessionDeps {
  api: AwsApi;
  clock: Clock;
  /** A short web-identity token of a service account, for the audience of STS. */
  mintWebIdentityToken(namespace: string, serviceAccount: string): Promise<Redacted<string>>;
  /** The keys in a Secret. */
  readAccessKey(namespace: string, secretName: string): Promise<AwsCredentials>;
}

/** A session is not handed out in its last minutes: the call that it is wanted for may be retried. */
const expiryMarginMs = 5 * 60_000;

/** Looking through all sessions for each new one would take ever longer. */
const sweepEveryMs = 60_000;

/**
 * Opens sessions and shares them while they live: one STS call for all regions of an identity. Bounded by forgetting
 * what has expired.
 */
export class SessionCache {
  readonly #deps: SessionDeps;
  readonly #sessions = new Map<string, Session>();
  readonly #flights = new SingleFlight<Session>();
  #sweptAtMs = 0;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  async get(identity: Identity): Promise<Session> {
    const key = identityKey(identity);
    const cached = this.#sessions.get(key);
    if (cached !== undefined && this.#usable(cached)) return cached;
    return this.#flights.run(key, async () => {
      this.#forgetExpired();
      const session = await openSession(identity, this.#deps);
      this.#sessions.set(key, session);
      return session;
    });
  }

  /** Drops a session that AWS refused. */
  forget(identity: Identity): void {
    this.#sessions.delete(identityKey(identity));
  }

  #usable({ credentials }: Session): boolean {
    const { expiresAtMs } = credentials;
    return expiresAtMs !== undefined && expiresAtMs - this.#deps.clock.now() > expiryMarginMs;
  }

  #forgetExpired(): void {
    const now = this.#deps.clock.now();
    if (Math.abs(now - this.#sweptAtMs) < sweepEveryMs) return;
    this.#sweptAtMs = now;
    for (const [key, session] of this.#sessions) if (!this.#usable(session)) this.#sessions.delete(key);
  }
}

async function openSession(identity: Identity, deps: SessionDeps): Promise<Session> {
  const caller = callerOf(identity);
  const region = identity.stsRegion;
  let session = await openRoot(identity, deps, caller);
  for (const [index, hop] of identity.hops.entries()) {
    const { credentials, callerArn } = session;
    session = await deps.api.assumeRole({ region, credentials, callerArn, hop, index, caller });
  }
  return session;
}

/** How messages about an identity name it. */
export function callerOf({ root }: Identity): Caller {
  const { source } = root;
  if (source !== 'ServiceAccount') return { source, subject: describeRoot(root) };
  return { source, serviceAccount: { namespace: root.namespace, name: root.serviceAccount } };
}

async function openRoot(identity: Identity, deps: SessionDeps, caller: Caller): Promise<Session> {
  const { root, sessionName, stsRegion: region, hops } = identity;
  if (root.source === 'ServiceAccount') {
    const { namespace, serviceAccount, roleArn } = root;
    const token = await deps.mintWebIdentityToken(namespace, serviceAccount);
    return deps.api.assumeRoleWithWebIdentity({ region, roleArn, sessionName, token, caller });
  }
  const credentials =
    root.source === 'AccessKey'
      ? await deps.readAccessKey(root.namespace, root.secretName)
      : await deps.api.operatorCredentials({ region, caller });
  if (hops.length > 0) return { credentials, callerArn: undefined };
  const { arn } = await deps.api.getCallerIdentity({ region, credentials, caller });
  return { credentials, callerArn: arn };
}
