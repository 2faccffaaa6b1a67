import { type EcrPipeline, ecrPipelines, type EcrPipelineStatus } from '../../api/ecr-pipeline.ts';
import { type EcrRegistry, ecrRegistries, type EcrRegistryStatus } from '../../api/ecr-registry.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { KubeClient } from '../../kube/client.ts';
import { keyOf, parseKey, secrets as secretResource } from '../../kube/object.ts';
import { createReflector, type Reflector } from '../../kube/reflector.ts';
import { type ObservedSecret, observeSecret, ownedSecretsSelector } from '../../secrets/observed-secret.ts';
import {
  type ClusterScope,
  createClusterScope,
  noClusterScope,
  type ScopeCallbacks,
} from './cluster-scope.ts';
import {
  type AccountCache,
  createAccountCache,
  type FoundAccount,
  lookUpServiceAccount,
} from './account-cache.ts';
import { dependency, type Dependents } from './dependents.ts';
import { createObjectCache } from './object-cache.ts';
import { objectWatches } from './object-watch.ts';
import { type NoteOwner, Owners } from './owners.ts';
import { SecretStore } from './secret-store.ts';
import type { StatusCache } from './status-cache.ts';
import { WatchedSecrets } from './watched-secrets.ts';

export interface ClusterViewOptions extends ScopeCallbacks {
  client: KubeClient;
  /** Namespace to work in; undefined: all. */
  namespace: string | undefined;
  clock: Clock;
  random: () => number;
  log: Log;
  dependents: Dependents;
  /** Told of each object of these kinds whose spec, annotations or existence changed. */
  registryChanged(key: string): void;
  pipelineChanged(key: string): void;
  /** Told when an object that Secrets may belong to is gone. */
  ownerGone(uid: string): void;
  /** Told of each Secret whose owner is not there, as far as the watches show. */
  orphanSeen(key: string): void;
  /** Told of each Secret with the operator's label that somebody else changed or deleted. */
  secretChanged(key: string): void;
  /** Told of each Secret with the operator's label that came, went, or belongs to another object now. */
  secretCameOrWent(key: string): void;
  /** Told of each change of a service account. */
  accountChanged(key: string): void;
  /** Told of what must be looked at again since something changed that it rests on: ids as in `dependents`. */
  dependentsChanged(ids: readonly string[]): void;
}

/** What the operator knows of the cluster: caches that every replica keeps warm, newer than them its own writes. */
export interface ClusterView extends Omit<ClusterScope, 'caches'> {
  registries: StatusCache<EcrRegistryStatus, EcrRegistry>;
  pipelines: StatusCache<EcrPipelineStatus, EcrPipeline>;
  secrets: SecretStore;
  owners: Pick<Owners, 'has'>;
  accounts: Pick<AccountCache, 'get' | 'entries' | 'namesIn'>;
  serviceAccount(key: string, signal: AbortSignal): Promise<FoundAccount>;
  /** Changes with the content of a Secret that is not the operator's own; undefined when there is none. */
  keySecretVersion(key: string, signal: AbortSignal): Promise<string | undefined>;
  /** Keeps the caches until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when all caches have been filled once. */
  synced(signal: AbortSignal): Promise<void>;
  hasSynced(): boolean;
}

export function createClusterView(options: ClusterViewOptions): ClusterView {
  const { client, namespace, clock, random, log, dependents } = options;
  const common = { client, namespace, clock, random, log };
  const stopped = new AbortController();
  const owners = new Owners();
  const noteOwner: NoteOwner = (now, before) => {
    const gone = owners.changed(now, before);
    if (gone !== undefined) options.ownerGone(gone);
  };
  const changed = (name: string): void => options.dependentsChanged(dependents.of(name));

  const registries = createObjectCache<EcrRegistryStatus, EcrRegistry>(common, ecrRegistries, {
    noteOwner,
    changed(key) {
      options.registryChanged(key);
      changed(dependency.registry(key));
      changed(dependency.registriesOf(parseKey(key).namespace ?? ''));
    },
  });
  const pipelines = createObjectCache<EcrPipelineStatus, EcrPipeline>(common, ecrPipelines, {
    noteOwner,
    changed: (key) => options.pipelineChanged(key),
  });
  const ownSecrets: Reflector<ObservedSecret> = createReflector<ObservedSecret>({
    ...common,
    type: secretResource,
    labelSelector: ownedSecretsSelector,
    metadataOnly: true,
    trim: (object) =>
      secrets.writtenAs(keyOf(object), object.metadata.resourceVersion) ?? observeSecret(object.metadata),
    onChange(key, now, before) {
      if (now?.ownerUid !== undefined && !owners.has(now.ownerUid)) options.orphanSeen(key);
      const own = secrets.changed(key, now, before);
      if (now?.ownerUid !== before?.ownerUid) options.secretCameOrWent(key);
      if (own) return;
      changed(dependency.target(key));
      options.secretChanged(key);
    },
  });
  const secrets = new SecretStore(ownSecrets, clock);
  const accounts = createAccountCache({
    ...common,
    roleChanged: (key) => changed(dependency.serviceAccount(key)),
    accountChanged: options.accountChanged,
  });
  const watched = new WatchedSecrets({
    start: objectWatches(secretResource, common, stopped.signal),
    changed: (key) => changed(dependency.keySecret(key)),
    wanted: (key) => dependents.has(dependency.keySecret(key)),
  });
  const scopeCallbacks = {
    noteOwner,
    clusterRegistryChanged(key: string): void {
      options.clusterRegistryChanged(key);
      changed(dependency.clusterRegistry(key));
    },
    namespaceChanged(...change: Parameters<ScopeCallbacks['namespaceChanged']>): void {
      options.namespaceChanged(...change);
      changed(dependency.namespace(change[0]));
    },
  };
  const { caches: scopeCaches, ...scope } =
    namespace === undefined
      ? createClusterScope({ client, clock, random, log }, scopeCallbacks)
      : noClusterScope(clock);
  const caches = [registries.reflector, pipelines.reflector, ownSecrets, accounts, ...scopeCaches];

  return {
    ...scope,
    registries: registries.objects,
    pipelines: pipelines.objects,
    secrets,
    owners,
    accounts,
    serviceAccount: (key, signal) => lookUpServiceAccount(client, accounts, key, signal),
    keySecretVersion: (key, signal) => watched.version(key, signal),
    async run(signal) {
      await Promise.all(caches.map((cache) => cache.run(signal)));
      stopped.abort();
    },
    async synced(signal) {
      await Promise.all(caches.map((cache) => cache.synced(signal)));
    },
    hasSynced: () => caches.every((cache) => cache.hasSynced()),
  };
}
