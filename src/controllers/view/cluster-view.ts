import { type EcrPipeline, ecrPipelines, type EcrPipelineStatus } from '../../api/ecr-pipeline.ts';
import { type EcrRegistry, ecrRegistries, type EcrRegistryStatus } from '../../api/ecr-registry.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { roleOfServiceAccount, type ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, parseKey, secrets as secretResource, serviceAccounts } from '../../kube/object.ts';
import { createReflector, type Reflector } from '../../kube/reflector.ts';
import { type ObservedSecret, observeSecret, ownedSecretsSelector } from '../../secrets/observed-secret.ts';
import { dependency, type Dependents } from './dependents.ts';
import { needsLook, trimObject } from './object-changes.ts';
import { objectWatches } from './object-watch.ts';
import { SecretStore } from './secret-store.ts';
import { StatusCache } from './status-cache.ts';
import { WatchedSecrets } from './watched-secrets.ts';

export interface ClusterViewOptions {
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
  /** Told of what must be looked at again since something changed that it rests on: ids as in `dependents`. */
  dependentsChanged(ids: readonly string[]): void;
}

/** What the operator knows of the cluster: caches that every replica keeps warm, newer than them its own writes. */
export interface ClusterView {
  registries: StatusCache<EcrRegistryStatus, EcrRegistry>;
  pipelines: StatusCache<EcrPipelineStatus, EcrPipeline>;
  secrets: SecretStore;
  serviceAccount(
    key: string,
    signal: AbortSignal,
  ): Promise<{ exists: boolean; role: ServiceAccountRole | undefined }>;
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
  const changed = (name: string): void => options.dependentsChanged(dependents.of(name));

  const registries: Reflector<EcrRegistry> = createReflector<EcrRegistry>({
    ...common,
    type: ecrRegistries,
    trim: (object) => trimObject(object, ecrRegistries) as EcrRegistry,
    onChange(key, now, before) {
      registryStatuses.shown(key, now);
      if (!needsLook(now, before)) return;
      options.registryChanged(key);
      changed(dependency.registry(key));
      changed(dependency.registriesOf(parseKey(key).namespace ?? ''));
    },
  });
  const pipelines: Reflector<EcrPipeline> = createReflector<EcrPipeline>({
    ...common,
    type: ecrPipelines,
    trim: (object) => trimObject(object, ecrPipelines) as EcrPipeline,
    onChange(key, now, before) {
      pipelineStatuses.shown(key, now);
      if (needsLook(now, before)) options.pipelineChanged(key);
    },
  });
  const ownSecrets: Reflector<ObservedSecret> = createReflector<ObservedSecret>({
    ...common,
    type: secretResource,
    labelSelector: ownedSecretsSelector,
    metadataOnly: true,
    trim: (object) => observeSecret(object.metadata),
    onChange(key, now, before) {
      if (!secrets.changed(key, now, before)) changed(dependency.target(key));
    },
  });
  const registryStatuses = new StatusCache<EcrRegistryStatus, EcrRegistry>(registries, clock);
  const pipelineStatuses = new StatusCache<EcrPipelineStatus, EcrPipeline>(pipelines, clock);
  const secrets = new SecretStore(ownSecrets, clock);
  const accounts = createReflector<ServiceAccountRole>({
    ...common,
    type: serviceAccounts,
    metadataOnly: true,
    trim: (object) => roleOfServiceAccount(object.metadata.annotations),
    onChange(key, now, before) {
      if (now === undefined || now.roleArn !== before?.roleArn) changed(dependency.serviceAccount(key));
    },
  });
  const watched = new WatchedSecrets({
    start: objectWatches(secretResource, common, stopped.signal),
    changed: (key) => changed(dependency.keySecret(key)),
    wanted: (key) => dependents.has(dependency.keySecret(key)),
  });
  const caches = [registries, pipelines, ownSecrets, accounts];

  return {
    registries: registryStatuses,
    pipelines: pipelineStatuses,
    secrets,
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

/** Service accounts without a role are not kept, so that one is looked up where it matters: is it there at all? */
async function lookUpServiceAccount(
  client: KubeClient,
  accounts: Reflector<ServiceAccountRole>,
  key: string,
  signal: AbortSignal,
): Promise<{ exists: boolean; role: ServiceAccountRole | undefined }> {
  const cached = accounts.get(key);
  if (cached !== undefined) return { exists: true, role: cached };
  const found = await client.get<KubeObject>(serviceAccounts, parseKey(key), { metadataOnly: true, signal });
  return { exists: found !== undefined, role: roleOfServiceAccount(found?.metadata.annotations) };
}
