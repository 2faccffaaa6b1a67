import {
  clusterEcrRegistries,
  type ClusterEcrRegistry,
  type ClusterEcrRegistryStatus,
} from '../../api/cluster-ecr-registry.ts';
import type { KubeObject } from '../../kube/object.ts';
import { namespaces as namespaceResource } from '../../kube/object.ts';
import { createReflector, type Reflector, type ReflectorOptions } from '../../kube/reflector.ts';
import { createObjectCache } from './object-cache.ts';
import type { NoteOwner } from './owners.ts';
import type { NamespaceFacts } from './namespace-facts.ts';
import { StatusCache } from './status-cache.ts';

/** What is known of the objects that stand in no namespace. */
export interface ClusterScope {
  clusterRegistries: StatusCache<ClusterEcrRegistryStatus, ClusterEcrRegistry>;
  namespaces: Pick<Reflector<NamespaceFacts>, 'get' | 'entries' | 'size'>;
  /** What has to run for it. */
  caches: readonly Pick<Reflector<unknown>, 'run' | 'synced' | 'hasSynced'>[];
}

type Common = Pick<
  ReflectorOptions<ClusterEcrRegistry | NamespaceFacts>,
  'client' | 'clock' | 'random' | 'log'
>;

export interface ScopeCallbacks {
  clusterRegistryChanged(key: string): void;
  /** Told of each namespace that came, went, began to go, or got other labels. */
  namespaceChanged(name: string, facts: NamespaceFacts | undefined): void;
}

export function createClusterScope(
  common: Common,
  callbacks: ScopeCallbacks & { noteOwner: NoteOwner },
): ClusterScope {
  const registries = createObjectCache<ClusterEcrRegistryStatus, ClusterEcrRegistry>(
    common,
    clusterEcrRegistries,
    { noteOwner: callbacks.noteOwner, changed: (key) => callbacks.clusterRegistryChanged(key) },
  );
  const namespaces = createReflector<NamespaceFacts>({
    ...common,
    type: namespaceResource,
    metadataOnly: true,
    trim: factsOf,
    onChange(name, now, before) {
      if (!sameFacts(now, before)) callbacks.namespaceChanged(name, now);
    },
  });
  return { clusterRegistries: registries.objects, namespaces, caches: [registries.reflector, namespaces] };
}

/** An operator of one namespace sees nothing of the cluster, and may not. */
export function noClusterScope(clock: Common['clock']): ClusterScope {
  const nothing = new Map<string, never>();
  return { clusterRegistries: new StatusCache(nothing, clock), namespaces: nothing, caches: [] };
}

function factsOf({ metadata }: KubeObject): NamespaceFacts {
  return {
    uid: metadata.uid ?? '',
    labels: metadata.labels ?? {},
    terminating: metadata.deletionTimestamp !== undefined,
  };
}

function sameFacts(a: NamespaceFacts | undefined, b: NamespaceFacts | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const labels = Object.entries(a.labels);
  return (
    a.uid === b.uid &&
    a.terminating === b.terminating &&
    labels.length === Object.keys(b.labels).length &&
    labels.every(([key, value]) => b.labels[key] === value)
  );
}
