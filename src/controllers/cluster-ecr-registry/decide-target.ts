import { clusterEcrRegistries, type ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { lateShareOf } from '../../aws/refresh-schedule.ts';
import type { DesiredSecret } from '../../secrets/desired-secret.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import { planSecret, type SecretPlan } from '../../secrets/plan.ts';
import type { FanOutPlan } from './plan.ts';
import { type NamespaceFacts, selects } from './selection.ts';

/** What to do about the Secret of a cluster registry in one namespace. */
export type TargetDecision =
  /** The namespace is not selected and has nothing of ours. */
  | { kind: 'none' }
  /** Not selected any more: the Secret goes. */
  | { kind: 'remove'; observed: ObservedSecret }
  /** Selected, but the registry waits for somebody: what is there stays. */
  | { kind: 'hold' }
  | { kind: 'sync'; desired: DesiredSecret; plan: SecretPlan };

export interface TargetWorld {
  registry: ClusterEcrRegistry;
  plan: FanOutPlan;
  namespace: string;
  /** Undefined where there is no such namespace. */
  facts: NamespaceFacts | undefined;
  /** The Secret of the registry's name for it, whosever it is. */
  observed: ObservedSecret | undefined;
}

/** Pure. `now` is epoch milliseconds. */
export function decideTarget(world: TargetWorld, now: number): TargetDecision {
  const { registry, plan, namespace, facts, observed } = world;
  if (facts === undefined || !selects(registry.spec, namespace, facts)) {
    return isOursToRemove(world)
      ? { kind: 'remove', observed: observed as ObservedSecret }
      : { kind: 'none' };
  }
  if (plan.kind === 'stalled') return { kind: 'hold' };
  const desired = desiredSecret(registry, plan, namespace);
  const { notBeforeMs: refreshRequestedAtMs } = plan.freshness;
  return { kind: 'sync', desired, plan: planSecret({ desired, observed, now, refreshRequestedAtMs }) };
}

/** A namespace that is being deleted takes its Secrets along. */
function isOursToRemove({ registry, facts, observed }: TargetWorld): boolean {
  return (
    facts?.terminating === false &&
    observed?.ownerUid === registry.metadata.uid &&
    !observed.deleting &&
    registry.spec.deletionPolicy === 'Delete'
  );
}

function desiredSecret(
  registry: ClusterEcrRegistry,
  { tokens }: Extract<FanOutPlan, { kind: 'ready' }>,
  namespace: string,
): DesiredSecret {
  const { metadata, spec } = registry;
  const { apiVersion, kind } = clusterEcrRegistries;
  const lateShare = lateShareOf(`${metadata.uid} ${namespace}`);
  return {
    namespace,
    name: secretNameOf(registry),
    nameField: 'spec.secret.name',
    owner: { apiVersion, kind, name: metadata.name, uid: metadata.uid },
    deleteWithOwner: spec.deletionPolicy === 'Delete',
    labels: spec.secret.labels ?? {},
    annotations: spec.secret.annotations ?? {},
    tokens: tokens.map((token) => ({ ...token.desired, lateShare })),
    held: [],
    yielding: [],
  };
}
