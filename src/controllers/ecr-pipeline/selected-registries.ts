import { clusterEcrRegistries } from '../../api/cluster-ecr-registry.ts';
import type { EcrPipeline } from '../../api/ecr-pipeline.ts';
import { stalls } from '../../api/reasons.ts';
import { selects } from '../cluster-ecr-registry/selection.ts';
import type { Settings } from '../registry-facts.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import { dependency } from '../view/dependents.ts';
import type { SelectedRegistry } from './world.ts';

type View = Pick<ClusterView, 'registries' | 'clusterRegistries' | 'namespaces'>;

/** Which registries a pipeline logs in to: those it names, else every EcrRegistry of its namespace. */
export function selectRegistries(
  { metadata: { namespace }, spec }: EcrPipeline,
  settings: Settings,
  view: View,
): SelectedRegistry[] {
  const named =
    spec.registries ?? view.registries.namesIn(namespace).map((name) => ({ name, kind: undefined }));
  return named.map(({ kind, name }) =>
    kind === clusterEcrRegistries.kind
      ? clusterRegistry(name, namespace, settings, view)
      : namespacedRegistry(name, namespace, view),
  );
}

/** What decides which registries a pipeline has. */
export function selectionDependencies({ metadata: { namespace }, spec }: EcrPipeline): string[] {
  if (spec.registries === undefined) return [dependency.registriesOf(namespace)];
  return spec.registries.flatMap(({ kind, name }) =>
    kind === clusterEcrRegistries.kind
      ? [dependency.clusterRegistry(name), dependency.namespace(namespace)]
      : [dependency.registry(`${namespace}/${name}`)],
  );
}

function namespacedRegistry(name: string, namespace: string, view: View): SelectedRegistry {
  const registry = existing(view.registries.get(`${namespace}/${name}`));
  const refusal = registry === undefined ? stalls.registryNotFound(namespace, name) : undefined;
  return { name, registry, refusal, identityNamespace: namespace, isCluster: false, revoked: false };
}

/** A cluster registry serves the pipelines of the namespaces that it selects, and no others. */
function clusterRegistry(
  name: string,
  namespace: string,
  { clusterIdentityNamespace }: Settings,
  { clusterRegistries, namespaces }: View,
): SelectedRegistry {
  const found = existing(clusterRegistries.get(name));
  const facts = namespaces.get(namespace);
  // A namespace that is being deleted has what it had: its pods may still push.
  const selected = found && facts && selects(found.spec, namespace, { ...facts, terminating: false });
  const refusal =
    found === undefined ? stalls.clusterRegistryNotFound(name) : stalls.namespaceNotSelected(namespace, name);
  return {
    // No EcrRegistry can have a name with a slash.
    name: `${clusterEcrRegistries.kind}/${name}`,
    registry: selected === true ? found : undefined,
    refusal: selected === true ? undefined : refusal,
    identityNamespace: clusterIdentityNamespace,
    isCluster: true,
    revoked: selected === false,
  };
}

function existing<T extends { metadata: { deletionTimestamp?: string } }>(
  object: T | undefined,
): T | undefined {
  return object?.metadata.deletionTimestamp === undefined ? object : undefined;
}
