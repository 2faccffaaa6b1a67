import { clusterEcrRegistries, type ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { lateShareOf } from '../../aws/refresh-schedule.ts';
import type { DesiredSecret } from '../../secrets/desired-secret.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import { planSecret, type SecretPlan } from '../../secrets/plan.ts';
import type { NamespaceFacts } from '../view/namespace-facts.ts';
import type { FanOutPlan } from './plan.ts';
import { selects } from './selection.ts';

/** A Secret and its key. */
export interface Found {
  key: string;
  secret: ObservedSecret;
}

/** What to do about the Secret of a cluster registry in one namespace. */
export type TargetDecision =
  /** The namespace is not selected: what is there of ours goes, former names too; usually nothing. */
  | { kind: 'remove'; secrets: readonly Found[] }
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
  /** All Secrets of the registry in the namespace. */
  owned: readonly Found[];
}

/** Pure. `now` is epoch milliseconds. */
export function decideTarget(world: TargetWorld, now: number): TargetDecision {
  const { registry, plan, namespace, facts, observed } = world;
  if (facts === undefined || !selects(registry.spec, namespace, facts))
    return { kind: 'remove', secrets: toRemove(world) };
  if (plan.kind === 'stalled') return { kind: 'hold' };
  const desired = desiredSecret(registry, plan, namespace);
  const { notBeforeMs: refreshRequestedAtMs } = plan.freshness;
  return { kind: 'sync', desired, plan: planSecret({ desired, observed, now, refreshRequestedAtMs }) };
}

/** A namespace that is being deleted takes its Secrets along. */
function toRemove({ registry, facts, owned }: TargetWorld): readonly Found[] {
  if (facts?.terminating !== false || registry.spec.deletionPolicy !== 'Delete') return [];
  return owned.filter(({ secret }) => !secret.deleting);
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
