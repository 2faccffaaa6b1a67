import { Redacted } from '../../src/base/redacted.ts';
import type { IssuedToken } from '../../src/secrets/content.ts';
import {
  type DesiredSecret,
  type DesiredToken,
  metadataHash,
  secretAnnotations,
  secretLabels,
} from '../../src/secrets/desired-secret.ts';
import type { ObservedSecret } from '../../src/secrets/observed-secret.ts';
import type { TokenRecords } from '../../src/secrets/token-records.ts';

export const hour = 3_600_000;
export const start = Date.UTC(2026, 0, 1);

const hostIn = (region: string): string => `111122223333.dkr.ecr.${region}.amazonaws.com`;

export function desiredToken(id: string, hash = `hash-${id}`): DesiredToken {
  return {
    id,
    tokenKey: `key-${id}`,
    hash,
    dropWhenExpired: false,
    hostsFor: () => [hostIn(id)],
  };
}

export function desiredSecret(tokens: DesiredToken[], change: Partial<DesiredSecret> = {}): DesiredSecret {
  return {
    namespace: 'ci',
    name: 'prod-ecr',
    nameField: 'spec.secret.name',
    owner: { apiVersion: 'ecr-operator.dev/v1alpha1', kind: 'EcrRegistry', name: 'prod', uid: 'uid-prod' },
    deleteWithOwner: true,
    labels: {},
    annotations: {},
    tokens,
    held: [],
    yielding: [],
    ...change,
  };
}

/** A Secret that is just as desired, with a token issued at `start` in each place. */
export function observedSecret(desired: DesiredSecret, change: Partial<ObservedSecret> = {}): ObservedSecret {
  const tokens: TokenRecords = Object.fromEntries(
    desired.tokens.map(({ id, hash }) => [
      id,
      { hash, issuedAtMs: start, expiresAtMs: start + 12 * hour, hosts: [hostIn(id)] },
    ]),
  );
  return {
    uid: 'uid-secret',
    resourceVersion: '7',
    ownerUid: desired.owner.uid,
    owner: desired.deleteWithOwner ? `${desired.owner.kind}/${desired.owner.name}` : '',
    deleting: false,
    tokens,
    metadataHash: metadataHash(secretLabels(desired), secretAnnotations(desired)),
    dataIntact: true,
    ...change,
  };
}

export function issuedToken(password: string, issuedAtMs: number, lifeMs = 12 * hour): IssuedToken {
  return { username: 'AWS', password: new Redacted(password), issuedAtMs, expiresAtMs: issuedAtMs + lifeMs };
}
