import type { PipelineTarget } from '../../api/ecr-pipeline.ts';
import { type Stall, stalls } from '../../api/reasons.ts';
import { isAllowed } from '../../identity/allowed.ts';
import type { Identity } from '../../identity/identity.ts';
import { type Level, resolveWinner, type Winner } from '../../identity/levels.ts';
import type { Settings } from '../registry-facts.ts';
import { resolveIdentity } from '../registry-identity.ts';
import type { SelectedRegistry, World } from './world.ts';

export type PipelineRegistry = NonNullable<SelectedRegistry['registry']>;

/** Who is used for one registry in one Secret, or why nobody is. */
export interface Use {
  registry: string;
  /** Undefined where the registry does not resolve from a service account, or no level is set. */
  winner: Winner | undefined;
  outcome:
    { kind: 'resolved'; registry: PipelineRegistry; identity: Identity } | { kind: 'stalled'; stall: Stall };
}

/** The winner of all four levels for a registry in a Secret; undefined where the registry uses none. */
export function winnerFor(
  registry: PipelineRegistry,
  target: PipelineTarget,
  settings: Settings,
): Winner | undefined {
  if (registry.spec.credentials.source !== 'ServiceAccount') return undefined;
  const { runtime, account } = registry.spec.credentials.serviceAccounts ?? {};
  return resolveWinner({
    runtime: runtime || settings.runtimeServiceAccount,
    account,
    pipeline: target.pipelineAccount,
    trigger: target.triggerAccount,
  });
}

/** `namespace/name` of a winner: levels of the registry live with it, those of the pipeline in its own namespace. */
export function accountKey(
  { level, serviceAccount }: Winner,
  { identityNamespace }: Pick<SelectedRegistry, 'identityNamespace'>,
  pipelineNamespace: string,
): string {
  return `${namespaceOf(level, identityNamespace, pipelineNamespace)}/${serviceAccount}`;
}

function namespaceOf(level: Level | undefined, identityNamespace: string, pipelineNamespace: string): string {
  return level === 'pipeline' || level === 'trigger' ? pipelineNamespace : identityNamespace;
}

/** Decides for each registry of a pipeline who is used in one of its Secrets. */
export function usesOf(world: World, target: PipelineTarget): Use[] {
  return world.registries.map((selected) => {
    const { name: registry } = selected;
    if (selected.registry === undefined) {
      const stall = selected.refusal ?? stalls.registryNotFound(world.pipeline.metadata.namespace, registry);
      return { registry, winner: undefined, outcome: { kind: 'stalled', stall } };
    }
    const winner = winnerFor(selected.registry, target, world.settings);
    return { registry, winner, outcome: outcomeOf(world, selected, selected.registry, winner) };
  });
}

function outcomeOf(
  world: World,
  selected: SelectedRegistry,
  registry: PipelineRegistry,
  winner: Winner | undefined,
): Use['outcome'] {
  const { namespace } = world.pipeline.metadata;
  const { name, identityNamespace, isCluster } = selected;
  const { spec } = registry;
  const described = isCluster ? name.replace('/', ' ') : `EcrRegistry ${name}`;
  if (spec.suspend) {
    const where = isCluster ? described : `EcrRegistry ${namespace}/${name}`;
    return { kind: 'stalled', stall: stalls.registrySuspended(where) };
  }
  const allowed = spec.credentials.serviceAccounts?.allowed;
  if (winner !== undefined && !isAllowed(winner, allowed)) {
    const { level, serviceAccount } = winner;
    return { kind: 'stalled', stall: stalls.notAllowed(level, serviceAccount, described, allowed ?? []) };
  }
  const account = winner && world.serviceAccounts.get(accountKey(winner, selected, namespace));
  const { accessKey } = spec.credentials;
  const resolution = resolveIdentity({
    registry,
    identityNamespace: namespaceOf(winner?.level, identityNamespace, namespace),
    // Only administrators write cluster registries.
    mayUseOperatorIdentity: isCluster || world.settings.allowOperatorIdentity,
    winner: winner && {
      level: winner.level,
      name: winner.serviceAccount,
      exists: account?.exists ?? false,
      role: account?.role,
    },
    accessKey: accessKey && {
      secretName: accessKey.secretName,
      version: world.keySecrets.get(`${identityNamespace}/${accessKey.secretName}`),
    },
  });
  return resolution.kind === 'stalled' ? resolution : { ...resolution, registry };
}
