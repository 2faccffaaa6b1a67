import { type EcrRegistry, secretNameOf } from '../../api/ecr-registry.ts';
import { identityDependencies, observeRegistry } from '../observe-registry.ts';
import type { Settings } from '../registry-facts.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import { dependency } from '../view/dependents.ts';
import type { World } from './world.ts';

/** What a registry rests on: a change of any of them is a reason to look again. Known before anything is read. */
export function dependenciesOf(registry: EcrRegistry, settings: Settings): string[] {
  const { namespace } = registry.metadata;
  return [
    dependency.target(`${namespace}/${secretNameOf(registry)}`),
    ...identityDependencies(registry, namespace, settings),
  ];
}

/** Gathers everything that the decision about a registry rests on. */
export async function observe(
  registry: EcrRegistry,
  settings: Settings,
  view: ClusterView,
  signal: AbortSignal,
): Promise<World> {
  const { namespace } = registry.metadata;
  const where = { identityNamespace: namespace, mayUseOperatorIdentity: settings.allowOperatorIdentity };
  return {
    ...(await observeRegistry(registry, where, settings, view, signal)),
    secret: view.secrets.get(`${namespace}/${secretNameOf(registry)}`),
  };
}
