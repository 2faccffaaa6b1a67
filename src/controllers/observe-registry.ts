import { resolveWinner, type Winner } from '../identity/levels.ts';
import type { AnyRegistry, RegistryFacts, Settings } from './registry-facts.ts';
import type { ClusterView } from './view/cluster-view.ts';
import { dependency } from './view/dependents.ts';

/** Where identities are looked up: what the operator knows, or, for a test of one object, the API server itself. */
export type Lookups = Pick<ClusterView, 'serviceAccount' | 'keySecretVersion'>;

/** What the identity of a registry rests on: a change of any of it is a reason to look again. */
export function identityDependencies(
  registry: AnyRegistry,
  identityNamespace: string,
  settings: Settings,
): string[] {
  const { credentials } = registry.spec;
  const winner = ownWinner(registry, settings);
  const keySecret = credentials.source === 'AccessKey' ? credentials.accessKey?.secretName : undefined;
  return [
    ...(winner === undefined
      ? []
      : [dependency.serviceAccount(`${identityNamespace}/${winner.serviceAccount}`)]),
    ...(keySecret === undefined ? [] : [dependency.keySecret(`${identityNamespace}/${keySecret}`)]),
  ];
}

/** Gathers what the identity of a registry by its own levels, runtime and account, rests on. */
export async function observeRegistry<R extends AnyRegistry>(
  registry: R,
  where: Pick<RegistryFacts, 'identityNamespace' | 'mayUseOperatorIdentity'>,
  settings: Settings,
  view: Lookups,
  signal: AbortSignal,
): Promise<RegistryFacts & { registry: R }> {
  const { identityNamespace } = where;
  // `resolveIdentity` says what is missing; there is nowhere to look.
  if (identityNamespace === '') return { registry, ...where, winner: undefined, accessKey: undefined };
  return {
    registry,
    ...where,
    winner: await observeWinner(ownWinner(registry, settings), identityNamespace, view, signal),
    accessKey: await observeAccessKey(registry, identityNamespace, view, signal),
  };
}

function ownWinner({ spec }: AnyRegistry, settings: Settings): Winner | undefined {
  if (spec.credentials.source !== 'ServiceAccount') return undefined;
  const { runtime, account } = spec.credentials.serviceAccounts ?? {};
  return resolveWinner({ runtime: runtime || settings.runtimeServiceAccount, account });
}

async function observeWinner(
  winner: Winner | undefined,
  namespace: string,
  view: Lookups,
  signal: AbortSignal,
): Promise<RegistryFacts['winner']> {
  if (winner === undefined) return undefined;
  const { level, serviceAccount: name } = winner;
  return { level, name, ...(await view.serviceAccount(`${namespace}/${name}`, signal)) };
}

async function observeAccessKey(
  registry: AnyRegistry,
  namespace: string,
  view: Lookups,
  signal: AbortSignal,
): Promise<RegistryFacts['accessKey']> {
  const { source, accessKey } = registry.spec.credentials;
  if (source !== 'AccessKey' || accessKey === undefined) return undefined;
  const { secretName } = accessKey;
  return { secretName, version: await view.keySecretVersion(`${namespace}/${secretName}`, signal) };
}
