import { type EcrRegistry, ecrRegistries, type EcrRegistryStatus } from '../../api/ecr-registry.ts';
import type { TokenSource } from '../../aws/token-source.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { roleOfServiceAccount, type ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import type { EventRecorder } from '../../kube/events.ts';
import { type KubeObject, parseKey, secrets as secretResource, serviceAccounts } from '../../kube/object.ts';
import { createReflector, type Reflector } from '../../kube/reflector.ts';
import type { WorkQueue } from '../../kube/work-queue.ts';
import { type ObservedSecret, observeSecret, ownedSecretsSelector } from '../../secrets/observed-secret.ts';
import { Dependents } from '../dependents.ts';
import { objectWatches } from '../object-watch.ts';
import { ReadYourWrites } from '../read-your-writes.ts';
import { SecretStore } from '../secret-store.ts';
import { WatchedSecrets } from '../watched-secrets.ts';
import { dependency, type Sources } from './observe.ts';
import { reconcileRegistry } from './reconciler.ts';
import type { Settings } from './world.ts';

export interface ControllerOptions {
  client: KubeClient;
  tokens: Pick<TokenSource, 'get'>;
  events: Pick<EventRecorder, 'record'>;
  settings: Settings;
  /** Namespace to work in; undefined: all. */
  namespace: string | undefined;
  queue: WorkQueue<string>;
  clock: Clock;
  random: () => number;
  log: Log;
}

/** The controller of one kind: caches that are kept warm, and a function that works on one object. */
export interface Controller {
  /** Keeps the caches until the signal aborts; a standby runs this too. */
  runCaches(signal: AbortSignal): Promise<void>;
  /** Resolves when all caches have been filled once. */
  synced(signal: AbortSignal): Promise<void>;
  hasSynced(): boolean;
  /** Puts every object into the queue, and from then on those that change. */
  enqueueAll(): void;
  reconcile(key: string, signal: AbortSignal): Promise<Outcome>;
  /** The registries that the watch shows. */
  registries(): Iterable<EcrRegistry>;
}

export function createEcrRegistryController(options: ControllerOptions): Controller {
  const { client, namespace, queue, clock, random, log, settings } = options;
  const dependents = new Dependents();
  const statuses = new ReadYourWrites<EcrRegistryStatus>();
  const stopped = new AbortController();
  let working = false;
  const enqueue = (key: string): void => {
    if (working) queue.add(key);
  };
  const enqueueDependents = (name: string): void => dependents.of(name).forEach(enqueue);
  const common = { client, namespace, clock, random, log };

  const registries = createReflector<EcrRegistry>({
    ...common,
    type: ecrRegistries,
    trim: trimRegistry,
    // A status that we wrote ourselves is no reason to look again.
    onChange: (key, now, before) => {
      if (now === undefined || before === undefined || needsLook(now, before)) enqueue(key);
    },
  });
  const ownSecrets: Reflector<ObservedSecret> = createReflector<ObservedSecret>({
    ...common,
    type: secretResource,
    labelSelector: ownedSecretsSelector,
    metadataOnly: true,
    trim: (object) => observeSecret(object.metadata),
    onChange: (key, now, before) => {
      if (!secrets.changed(key, now, before)) enqueueDependents(dependency.secret(key));
    },
  });
  const secrets = new SecretStore(ownSecrets);
  const accounts = createReflector<ServiceAccountRole>({
    ...common,
    type: serviceAccounts,
    metadataOnly: true,
    trim: (object) => roleOfServiceAccount(object.metadata.annotations),
    onChange: (key, now, before) => {
      if (now?.roleArn !== before?.roleArn || now === undefined)
        enqueueDependents(dependency.serviceAccount(key));
    },
  });
  const watched = new WatchedSecrets({
    start: objectWatches(secretResource, common, stopped.signal),
    changed: (key) => enqueueDependents(dependency.keySecret(key)),
    wanted: (key) => dependents.has(dependency.keySecret(key)),
  });

  const sources: Sources = {
    settings,
    registry: (key) => withNewestStatus(registries.get(key), key, statuses),
    secret: (key) => secrets.get(key),
    serviceAccount: (key, signal) => lookUpServiceAccount(client, accounts, key, signal),
    keySecretVersion: (key, signal) => watched.version(key, signal),
  };
  const deps = { ...options, sources, secrets, statuses, dependents };
  const caches = [registries, ownSecrets, accounts];

  return {
    async runCaches(signal) {
      await Promise.all(caches.map((cache) => cache.run(signal)));
      stopped.abort();
    },
    async synced(signal) {
      await Promise.all(caches.map((cache) => cache.synced(signal)));
    },
    hasSynced: () => caches.every((cache) => cache.hasSynced()),
    enqueueAll() {
      working = true;
      for (const [key] of registries.entries()) queue.add(key, { priority: 'low' });
    },
    reconcile: (key, signal) => reconcileRegistry(deps, key, signal),
    *registries() {
      for (const [, registry] of registries.entries()) yield registry;
    },
  };
}

/** What is not read is not kept. */
function trimRegistry(object: KubeObject): EcrRegistry {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata } as EcrRegistry;
}

/** Spec, annotations, labels or deletion; not status. */
function needsLook(now: EcrRegistry, before: EcrRegistry): boolean {
  return (
    now.metadata.uid !== before.metadata.uid ||
    now.metadata.generation !== before.metadata.generation ||
    now.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    JSON.stringify(now.metadata.annotations) !== JSON.stringify(before.metadata.annotations)
  );
}

function withNewestStatus(
  registry: EcrRegistry | undefined,
  key: string,
  statuses: ReadYourWrites<EcrRegistryStatus>,
): EcrRegistry | undefined {
  if (registry === undefined) return undefined;
  const status = statuses.newerThan(key, registry.metadata.resourceVersion);
  return status === undefined ? registry : { ...registry, status };
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
