import { type EcrRegistry, ecrRegistries, secretNameOf } from '../../api/ecr-registry.ts';
import type { TokenRequest } from '../../aws/token-source.ts';
import type { Identity } from '../../identity/identity.ts';
import type { DesiredSecret } from '../../secrets/desired-secret.ts';
import { tokensOf } from '../registry-tokens.ts';

/** What a registry wants: its Secret, and how to ask for each token in it. */
export interface Wanted {
  desired: DesiredSecret;
  /** By the id of the token. */
  requests: ReadonlyMap<string, TokenRequest>;
}

/** Throws an Error that names the entry where a registry has no such host. */
export function wantedOf(registry: EcrRegistry, identity: Identity): Wanted {
  const { metadata, spec } = registry;
  const { apiVersion, kind } = ecrRegistries;
  const tokens = tokensOf(registry, identity);
  const desired: DesiredSecret = {
    namespace: metadata.namespace,
    name: secretNameOf(registry),
    nameField: 'spec.secret.name',
    owner: { apiVersion, kind, name: metadata.name, uid: metadata.uid },
    deleteWithOwner: spec.deletionPolicy === 'Delete',
    labels: spec.secret.labels ?? {},
    annotations: spec.secret.annotations ?? {},
    tokens: tokens.map((token) => token.desired),
    held: [],
    yielding: [],
  };
  return { desired, requests: new Map(tokens.map((token) => [token.desired.id, token.request])) };
}
