import type { PipelineTarget } from '../../api/ecr-pipeline.ts';
import type { EcrRegistry } from '../../api/ecr-registry.ts';
import { type Stall, stalls } from '../../api/reasons.ts';
import { isAllowed } from '../../identity/allowed.ts';
import type { Identity } from '../../identity/identity.ts';
import { resolveWinner, type Winner } from '../../identity/levels.ts';
import type { Settings } from '../registry-facts.ts';
import { resolveIdentity } from '../registry-identity.ts';
import type { World } from './world.ts';

/** Who is used for one registry in one Secret, or why nobody is. */
export interface Use {
  registry: string;
  /** Undefined where the registry does not resolve from a service account, or no level is set. */
  winner: Winner | undefined;
  outcome:
    { kind: 'resolved'; registry: EcrRegistry; identity: Identity } | { kind: 'stalled'; stall: Stall };
}

/** The winner of all four levels for a registry in a Secret; undefined where the registry uses none. */
export function winnerFor(
  registry: EcrRegistry,
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

/** Decides for each registry of a pipeline who is used in one of its Secrets. */
export function usesOf(world: World, target: PipelineTarget): Use[] {
  return world.registries.map(({ name, registry }) => {
    if (registry === undefined) {
      const stall = stalls.registryNotFound(world.pipeline.metadata.namespace, name);
      return { registry: name, winner: undefined, outcome: { kind: 'stalled', stall } };
    }
    const winner = winnerFor(registry, target, world.settings);
    return { registry: name, winner, outcome: outcomeOf(world, registry, winner) };
  });
}

function outcomeOf(world: World, registry: EcrRegistry, winner: Winner | undefined): Use['outcome'] {
  const { spec, metadata } = registry;
  if (spec.suspend)
    return { kind: 'stalled', stall: stalls.registrySuspended(metadata.namespace, metadata.name) };
  const allowed = spec.credentials.serviceAccounts?.allowed;
  if (winner !== undefined && !isAllowed(winner, allowed)) {
    const { level, serviceAccount } = winner;
    return { kind: 'stalled', stall: stalls.notAllowed(level, serviceAccount, metadata.name, allowed ?? []) };
  }
  const account = winner && world.serviceAccounts.get(winner.serviceAccount);
  const { accessKey } = spec.credentials;
  const resolution = resolveIdentity({
    registry,
    settings: world.settings,
    winner: winner && {
      level: winner.level,
      name: winner.serviceAccount,
      exists: account?.exists ?? false,
      role: account?.role,
    },
    accessKey: accessKey && {
      secretName: accessKey.secretName,
      version: world.keySecrets.get(accessKey.secretName),
    },
  });
  return resolution.kind === 'stalled' ? resolution : { ...resolution, registry };
}
