import type { ClusterEcrRegistry, ClusterEcrRegistrySpec } from '../../../src/api/cluster-ecr-registry.ts';
import { planFanOut, type FanOutPlan } from '../../../src/controllers/cluster-ecr-registry/plan.ts';
import { now, registry, world } from '../ecr-registry/fixtures.ts';

/** A cluster registry as the API server stores it, for all namespaces. */
export function clusterRegistry(spec: Partial<ClusterEcrRegistrySpec> = {}): ClusterEcrRegistry {
  return {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'ClusterEcrRegistry',
    metadata: { name: 'shared', uid: 'uid-shared', generation: 3 },
    spec: { ...registry().spec, namespaceSelector: {}, ...spec },
  };
}

/** What is known of a registry whose service account has a role. */
export function factsOf(of: ClusterEcrRegistry) {
  const { identityNamespace, winner } = world();
  return { registry: of, identityNamespace, mayUseOperatorIdentity: true, winner, accessKey: undefined };
}

export function planOf(of: ClusterEcrRegistry): Extract<FanOutPlan, { kind: 'ready' }> {
  const plan = planFanOut(factsOf(of), now);
  if (plan.kind !== 'ready') throw new Error(`the plan is ${JSON.stringify(plan)}`);
  return plan;
}
