import { publicRegistryHosts } from '../aws/hosts.ts';
import { decideRefresh } from '../aws/refresh-schedule.ts';
import {
  type DesiredSecret,
  type DesiredToken,
  metadataHash,
  secretAnnotations,
  secretLabels,
} from './desired-secret.ts';
import type { ObservedSecret } from './observed-secret.ts';
import type { TokenRecord } from './token-records.ts';

/** Why a token is fetched. */
export type FetchReason = 'missing' | 'changed' | 'due' | 'requested' | 'tampered';

/** What happens to one token of a Secret. */
export type TokenStep =
  | { kind: 'keep'; token: DesiredToken; record: TokenRecord }
  /** Stays as it is, whatever its age. */
  | { kind: 'hold'; id: string; record: TokenRecord }
  | {
      kind: 'fetch';
      token: DesiredToken;
      record: TokenRecord | undefined;
      because: FetchReason;
      /** A token that was issued before this time does not do, because a user asked for a newer one; 0 when nobody did. */
      notBeforeMs: number;
    };

/** What happens to a Secret, decided from metadata alone. */
export type SecretPlan =
  | { kind: 'conflict'; uid: string; ownerUid: string | undefined }
  /** Being deleted by somebody: wait until it is gone. */
  | { kind: 'wait' }
  | { kind: 'keep'; steps: TokenStep[] }
  | {
      kind: 'sync';
      steps: TokenStep[];
      metadataDiffers: boolean;
      dropped: string[];
    };

export interface PlanInput {
  desired: DesiredSecret;
  observed: ObservedSecret | undefined;
  now: number;
  /** Tokens issued before this time are replaced, because a user asked for it; 0 when nobody did. */
  refreshRequestedAtMs: number;
  /** The same for single tokens, by id: where only what one registry gave is to be replaced. */
  tokensRequestedAtMs?: ReadonlyMap<string, number>;
}

export function planSecret(input: PlanInput): SecretPlan {
  const { desired, observed, now } = input;
  if (observed !== undefined && observed.ownerUid !== desired.owner.uid) {
    return { kind: 'conflict', uid: observed.uid, ownerUid: observed.ownerUid };
  }
  if (observed?.deleting) return { kind: 'wait' };
  const wanted = new Set(desired.tokens.map((token) => token.id));
  const others = Object.entries(observed?.tokens ?? {}).filter(([id]) => !wanted.has(id));
  const beginsLike = (id: string, beginnings: readonly string[]): boolean =>
    beginnings.some((beginning) => id.startsWith(beginning));
  const isHeld = (id: string): boolean => beginsLike(id, desired.held);
  const stays = ([id, record]: [string, TokenRecord]): boolean => isHeld(id) && !worseThanNone(record, now);
  const holds = others.filter(stays).map(([id, record]): TokenStep => ({ kind: 'hold', id, record }));
  // In ascending priority. A login that is held and still good yields its hosts to nobody: it stays as it is.
  const staysFirst = (step: TokenStep): boolean =>
    step.kind === 'hold' && step.record.expiresAtMs > now && !beginsLike(step.id, desired.yielding);
  const kept = holds.filter(staysFirst);
  const steps = [
    ...holds.filter((step) => !staysFirst(step)),
    ...withHosts(desired.tokens, kept, observed).map(([token, hosts]) =>
      planToken(token, hosts, observed, now, requestedAtMs(token, input)),
    ),
    ...kept,
  ];
  const unwanted = others.filter((other) => !stays(other)).map(([id]) => id);
  const dropped = [...unwanted, ...expiredToDrop(desired, observed, now)];
  const metadataDiffers = observed === undefined || metadataDiffersFrom(desired, observed);
  const same = !metadataDiffers && dropped.length === 0 && steps.every((step) => step.kind !== 'fetch');
  return same ? { kind: 'keep', steps } : { kind: 'sync', steps, metadataDiffers, dropped };
}

/** With an expired login ECR Public refuses even what anybody may pull. */
function worseThanNone({ expiresAtMs, hosts }: TokenRecord, now: number): boolean {
  return now >= expiresAtMs && hosts.some((host) => publicRegistryHosts.includes(host));
}

/** Tokens that must not stay when no newer one can be had. */
function expiredToDrop(
  { tokens }: DesiredSecret,
  observed: ObservedSecret | undefined,
  now: number,
): string[] {
  return tokens
    .filter(
      ({ id, dropWhenExpired }) => dropWhenExpired && now >= (observed?.tokens[id]?.expiresAtMs ?? Infinity),
    )
    .map(({ id }) => id);
}

/** The tokens, each with the hosts that it and no later one logs in to, as far as they are known before AWS answers. */
function withHosts(
  tokens: readonly DesiredToken[],
  kept: readonly TokenStep[],
  observed: ObservedSecret | undefined,
): [DesiredToken, string[]][] {
  const taken = new Set(kept.flatMap(({ record }) => record?.hosts ?? []));
  const own = tokens.toReversed().map((token): [DesiredToken, string[]] => {
    const hosts = token.hostsFor(undefined).filter((host) => !taken.has(host));
    const record = observed?.tokens[token.id];
    // Where only AWS knows the account, the record knows what it said.
    const known = record?.hash === token.hash ? record.hosts : [];
    for (const host of [...hosts, ...known]) taken.add(host);
    return [token, hosts];
  });
  return own.toReversed();
}

function requestedAtMs({ id }: DesiredToken, input: PlanInput): number {
  return Math.max(input.refreshRequestedAtMs, input.tokensRequestedAtMs?.get(id) ?? 0);
}

function planToken(
  token: DesiredToken,
  hosts: readonly string[],
  observed: ObservedSecret | undefined,
  now: number,
  notBeforeMs: number,
): TokenStep {
  const found = observed?.tokens[token.id];
  const record = token.dropWhenExpired && found !== undefined && now >= found.expiresAtMs ? undefined : found;
  const fetch = (because: FetchReason): TokenStep => ({
    kind: 'fetch',
    token,
    record,
    because,
    notBeforeMs,
  });
  if (record === undefined) return fetch('missing');
  if (!observed?.dataIntact) return fetch('tampered');
  const lacks = hosts.some((host) => !record.hosts.includes(host));
  if (record.hash !== token.hash || lacks) return fetch('changed');
  if (record.issuedAtMs < notBeforeMs) return fetch('requested');
  const refresh = decideRefresh({
    nowMs: now,
    ...record,
    jitterKey: token.tokenKey,
    lateShare: token.lateShare,
  });
  return refresh.do ? fetch('due') : { kind: 'keep', token, record };
}

function metadataDiffersFrom(desired: DesiredSecret, observed: ObservedSecret): boolean {
  const wanted = metadataHash(secretLabels(desired), secretAnnotations(desired));
  return wanted !== observed.metadataHash || desired.deleteWithOwner !== (observed.owner !== '');
}
