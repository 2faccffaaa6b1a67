import type { ClusterEcrRegistry, ClusterEcrRegistrySpec } from '../../../src/api/cluster-ecr-registry.ts';
import { planFanOut, type FanOutPlan } from '../../../src/controllers/cluster-ecr-registry/plan.ts';
import { now, world } from '../ecr-registry/fixtures.ts';

/** A cluster registry as the API server stores it, for all namespaces. */
export function clusterRegistry(spec: Partial<ClusterEcrRegistrySpec> = {}): ClusterEcrRegistry {
  return {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'ClusterEcrRegistry',
    metadata: { name: 'shared', uid: 'uid-shared', generation: 3 },
    spec: {
      region: 'eu-west-1',
      public: false,
      credentials: { source: 'ServiceAccount' },
      secret: {},
      deletionPolicy: 'Delete',
      primary: false,
      suspend: false,
      namespaceSelector: {},
      ...spec,
    },
  };
}

/** What is known of a registry whose service account has a role. */
export function factsOf(registry: ClusterEcrRegistry) {
  const { identityNamespace, winner } = world();
  return { registry, identityNamespace, mayUseOperatorIdentity: true, winner, accessKey: undefined };
}

export function planOf(registry: ClusterEcrRegistry): Extract<FanOutPlan, { kind: 'ready' }> {
  const plan = planFanOut(factsOf(registry), now);
  if (plan.kind !== 'ready') throw new Error(`the plan is ${JSON.stringify(plan)}`);
  return plan;
}
