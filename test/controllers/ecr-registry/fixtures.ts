import type { EcrRegistry, EcrRegistrySpec } from '../../../src/api/ecr-registry.ts';
import type { World } from '../../../src/controllers/ecr-registry/world.ts';

export const now = Date.UTC(2026, 0, 1, 12);
export const role = 'arn:aws:iam::111122223333:role/ecr-pull';

/** A registry as the API server stores it, with its defaults. */
export function registry(
  spec: Partial<EcrRegistrySpec> = {},
  metadata: Partial<EcrRegistry['metadata']> = {},
): EcrRegistry {
  return {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'EcrRegistry',
    metadata: { name: 'prod', namespace: 'ci', uid: 'uid-prod', generation: 3, ...metadata },
    spec: {
      region: 'eu-west-1',
      public: false,
      credentials: { source: 'ServiceAccount' },
      secret: {},
      deletionPolicy: 'Delete',
      primary: false,
      suspend: false,
      ...spec,
    },
  };
}

/** The world of a registry whose account-level service account has a role and whose Secret does not exist yet. */
export function world(change: Partial<World> = {}): World {
  return {
    registry: registry(),
    identityNamespace: 'ci',
    mayUseOperatorIdentity: false,
    winner: {
      level: 'account',
      name: 'puller',
      exists: true,
      role: { annotation: 'eks.amazonaws.com/role-arn', roleArn: role },
    },
    accessKey: undefined,
    secret: undefined,
    ...change,
  };
}
