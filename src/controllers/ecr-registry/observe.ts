import type { EcrRegistry } from '../../api/ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { resolveWinner } from '../../identity/levels.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import { dependency } from '../view/dependents.ts';
import type { Settings } from '../registry-facts.ts';
import type { World } from './world.ts';

/** What a registry rests on: a change of any of them is a reason to look again. Known before anything is read. */
export function dependenciesOf(registry: EcrRegistry, settings: Settings): string[] {
  const { namespace } = registry.metadata;
  const { credentials } = registry.spec;
  const winner = winnerOf(registry, settings);
  const keySecret = credentials.source === 'AccessKey' ? credentials.accessKey?.secretName : undefined;
  return [
    dependency.target(`${namespace}/${secretNameOf(registry)}`),
    ...(winner === undefined ? [] : [dependency.serviceAccount(`${namespace}/${winner.serviceAccount}`)]),
    ...(keySecret === undefined ? [] : [dependency.keySecret(`${namespace}/${keySecret}`)]),
  ];
}

/** Gathers everything that the decision about a registry rests on. */
export async function observe(
  registry: EcrRegistry,
  settings: Settings,
  view: ClusterView,
  signal: AbortSignal,
): Promise<World> {
  return {
    registry,
    settings,
    winner: await observeWinner(registry, settings, view, signal),
    accessKey: await observeAccessKey(registry, view, signal),
    secret: view.secrets.get(`${registry.metadata.namespace}/${secretNameOf(registry)}`),
  };
}

function winnerOf({ spec }: EcrRegistry, settings: Settings): ReturnType<typeof resolveWinner> {
  if (spec.credentials.source !== 'ServiceAccount') return undefined;
  const { runtime, account } = spec.credentials.serviceAccounts ?? {};
  return resolveWinner({ runtime: runtime || settings.runtimeServiceAccount, account });
}

async function observeWinner(
  registry: EcrRegistry,
  settings: Settings,
  view: ClusterView,
  signal: AbortSignal,
): Promise<World['winner']> {
  const winner = winnerOf(registry, settings);
  if (winner === undefined) return undefined;
  const { level, serviceAccount: name } = winner;
  return { level, name, ...(await view.serviceAccount(`${registry.metadata.namespace}/${name}`, signal)) };
}

async function observeAccessKey(
  registry: EcrRegistry,
  view: ClusterView,
  signal: AbortSignal,
): Promise<World['accessKey']> {
  const { source, accessKey } = registry.spec.credentials;
  if (source !== 'AccessKey' || accessKey === undefined) return undefined;
  const { secretName } = accessKey;
  const version = await view.keySecretVersion(`${registry.metadata.namespace}/${secretName}`, signal);
  return { secretName, version };
}
