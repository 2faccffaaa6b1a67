import { isDeepStrictEqual } from 'node:util';
import type { ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { type EcrRegistry, secretNameOf } from '../../api/ecr-registry.ts';
import { parseKey } from '../../kube/object.ts';
import { selects } from '../cluster-ecr-registry/selection.ts';
import type { NamespaceFacts } from '../view/namespace-facts.ts';

/** A registry that wants its Secret in the imagePullSecrets of service accounts. */
export interface LinkSource {
  uid: string;
  secretName: string;
  /** Names or patterns. */
  serviceAccounts: readonly string[];
}

/** A cluster registry besides says in which namespaces. */
interface ClusterLinkSource extends LinkSource {
  where: Pick<ClusterEcrRegistry['spec'], 'namespaceSelector' | 'namespaces'>;
}

/** The registries that link at all: few, so that everything else that happens costs nothing. */
export class LinkSources {
  readonly #namespaced = new Map<string, Map<string, LinkSource>>();
  readonly #cluster = new Map<string, ClusterLinkSource>();

  /** To be called when an EcrRegistry changed or went. Whether that can matter for links. */
  setRegistry(key: string, registry: EcrRegistry | undefined): boolean {
    const { namespace = '' } = parseKey(key);
    const sources = this.#namespaced.get(namespace) ?? new Map<string, LinkSource>();
    const changed = put(sources, key, registry === undefined ? undefined : sourceOf(registry));
    if (sources.size === 0) this.#namespaced.delete(namespace);
    else this.#namespaced.set(namespace, sources);
    return changed;
  }

  /** The same for a ClusterEcrRegistry. */
  setClusterRegistry(name: string, registry: ClusterEcrRegistry | undefined): boolean {
    const source = registry === undefined ? undefined : sourceOf(registry);
    if (registry === undefined || source === undefined) return put(this.#cluster, name, undefined);
    const { namespaceSelector, namespaces } = registry.spec;
    const where = {
      ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
      ...(namespaces === undefined ? {} : { namespaces }),
    };
    return put(this.#cluster, name, { ...source, where });
  }

  /** Those that keep a Secret in a namespace; without `facts` the namespace is not known to the operator. */
  in(namespace: string, facts: NamespaceFacts | undefined): LinkSource[] {
    const own = this.#namespaced.get(namespace)?.values() ?? [];
    if (facts === undefined) return [...own];
    return [...own, ...[...this.#cluster.values()].filter(({ where }) => selects(where, namespace, facts))];
  }
}

/** Undefined for a registry that links nobody, or is being deleted. */
function sourceOf(registry: EcrRegistry | ClusterEcrRegistry): LinkSource | undefined {
  const { metadata, spec } = registry;
  const serviceAccounts = spec.imagePullSecrets?.serviceAccounts ?? [];
  if (serviceAccounts.length === 0 || metadata.deletionTimestamp !== undefined) return undefined;
  return { uid: metadata.uid, secretName: secretNameOf(registry), serviceAccounts };
}

/** Sets or, where undefined, removes. Whether anything is different now. */
function put<T>(sources: Map<string, T>, key: string, source: T | undefined): boolean {
  if (source === undefined) return sources.delete(key);
  if (isDeepStrictEqual(sources.get(key), source)) return false;
  sources.set(key, source);
  return true;
}
