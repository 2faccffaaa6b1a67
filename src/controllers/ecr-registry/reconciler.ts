import { isDeepStrictEqual } from 'node:util';
import {
  type EcrRegistry,
  ecrRegistries,
  type EcrRegistryStatus,
  secretNameOf,
} from '../../api/ecr-registry.ts';
import { managerName } from '../../api/names.ts';
import type { TokenSource } from '../../aws/token-source.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { KubeObject } from '../../kube/object.ts';
import { parseKey, secrets as secretResource } from '../../kube/object.ts';
import type { Dependents } from '../dependents.ts';
import type { ReadYourWrites } from '../read-your-writes.ts';
import type { SecretStore } from '../secret-store.ts';
import { decide, type Decision, refreshRequestedAt } from './decide.ts';
import { execute, type Result } from './execute.ts';
import { dependenciesOf, dependency, observe, type Sources } from './observe.ts';
import { proceedStatus, refreshDueAt, stalledStatus } from './status.ts';
import { transitions } from './transitions.ts';
import type { World } from './world.ts';

export interface ReconcilerDeps {
  client: KubeClient;
  sources: Sources;
  secrets: SecretStore;
  /** Statuses that were written and that the watch may not show yet. */
  statuses: ReadYourWrites<EcrRegistryStatus>;
  tokens: Pick<TokenSource, 'get'>;
  dependents: Dependents;
  events: Pick<EventRecorder, 'record'>;
  clock: Clock;
  log: Log;
}

/** Brings one EcrRegistry to what it should be: read, decide, act, one status. */
export async function reconcileRegistry(
  deps: ReconcilerDeps,
  key: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { sources, dependents, clock } = deps;
  const registry = sources.registry(key);
  if (registry === undefined || registry.metadata.deletionTimestamp !== undefined) {
    dependents.remove(key);
    deps.statuses.forget(key);
    return { kind: 'done' };
  }
  // Noted before anything is read: what changes from here on comes as an event.
  dependents.set(key, dependenciesOf(registry, sources.settings));
  const world = await observe(key, sources, signal);
  if (world === undefined) return { kind: 'done' };
  const decision = decide(world, clock.now());
  if (decision.kind === 'stalled') {
    const status = stalledStatus(world, decision.stall, clock.now());
    await writeStatus(deps, world, status, undefined, signal);
    return { kind: 'stalled', ...decision.stall };
  }
  const result = await execute(deps, world, decision, signal);
  noteWrite(deps, world, result);
  const status = proceedStatus(world, decision, result, clock.now());
  await removeRenamed(deps, world, result, signal);
  await writeStatus(deps, world, status, result, signal);
  if (result.write.kind === 'failed') throw result.write.error;
  if (isConflict(decision, result)) return waitForForeignSecret(deps, world, signal);
  return nextLook(world, decision, result, clock.now());
}

function isConflict({ plan }: Extract<Decision, { kind: 'proceed' }>, { write }: Result): boolean {
  return plan.kind === 'conflict' || plan.kind === 'wait' || write.kind === 'conflict';
}

/** The Secrets of others are not watched; the one that is in the way is, so that its end is noticed. */
async function waitForForeignSecret(
  deps: ReconcilerDeps,
  { registry }: World,
  signal: AbortSignal,
): Promise<Outcome> {
  const { namespace, name } = registry.metadata;
  const target = `${namespace}/${secretNameOf(registry)}`;
  deps.dependents.set(`${namespace}/${name}`, [
    ...dependenciesOf(registry, deps.sources.settings),
    dependency.keySecret(target),
  ]);
  const version = await deps.sources.keySecretVersion(target, signal);
  // Deleted before this watch began: no event of it will tell. Not at once, as the other watch may still show it.
  if (version === undefined) return { kind: 'requeue', afterMs: 500 };
  return {
    kind: 'stalled',
    reason: 'Conflict',
    message: `Secret ${target} is not ours, or is being deleted`,
  };
}

function noteWrite({ secrets }: ReconcilerDeps, { registry }: World, { write }: Result): void {
  if (write.kind === 'written')
    secrets.wrote(`${registry.metadata.namespace}/${secretNameOf(registry)}`, write.observed);
}

/** Deletes Secrets of a former name, after the one of the new name is there. */
async function removeRenamed(
  deps: ReconcilerDeps,
  { registry }: World,
  result: Result,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, uid } = registry.metadata;
  const current = `${namespace}/${secretNameOf(registry)}`;
  if (result.write.kind !== 'none' && result.write.kind !== 'written') return;
  if (deps.secrets.get(current)?.ownerUid !== uid) return;
  for (const key of deps.secrets.ownedBy(uid)) {
    const old = deps.secrets.get(key);
    if (key === current || old === undefined) continue;
    const { uid: oldUid, resourceVersion } = old;
    const gone = await deps.client.delete(secretResource, parseKey(key), {
      preconditions: { uid: oldUid, resourceVersion },
      signal,
    });
    if (gone)
      deps.log.info({ secret: key, registry: registry.metadata.name }, 'deleted the Secret of a former name');
  }
}

async function writeStatus(
  deps: ReconcilerDeps,
  world: World,
  status: EcrRegistryStatus,
  result: Result | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { registry } = world;
  for (const event of transitions(registry.status, status, result))
    deps.events.record({ object: registry, ...event });
  if (isDeepStrictEqual(plain(registry.status), plain(status))) return;
  const { name, namespace, uid } = registry.metadata;
  const { apiVersion, kind } = ecrRegistries;
  // The UID keeps the status off an object that took the name in between.
  const body: KubeObject & { status: EcrRegistryStatus } = {
    apiVersion,
    kind,
    metadata: { name, namespace, uid },
    status,
  };
  const options = { fieldManager: managerName, force: true, subresource: 'status', signal } as const;
  const written = await deps.client.apply<EcrRegistry & KubeObject>(
    ecrRegistries,
    body as EcrRegistry & KubeObject,
    options,
  );
  deps.statuses.wrote(`${namespace}/${name}`, written.metadata.resourceVersion ?? '', status);
}

/** As it looks after a way over the wire: without undefined. */
function plain(status: EcrRegistryStatus | undefined): unknown {
  return status === undefined ? undefined : JSON.parse(JSON.stringify(status));
}

/** When to look again without being told: a token falls due, AWS may be asked again, a requested refresh comes up. */
function nextLook(
  world: World,
  decision: Extract<Decision, { kind: 'proceed' }>,
  result: Result,
  now: number,
): Outcome {
  const due = refreshDueAt(world, decision, result);
  const requested = refreshRequestedAt(world);
  const times = [
    ...[...result.failures.values()].map((failure) => failure.retryAtMs),
    ...(due === undefined ? [] : [due]),
    ...(requested > now ? [requested] : []),
  ];
  if (times.length === 0) return { kind: 'done' };
  return { kind: 'requeue', afterMs: Math.max(0, Math.min(...times) - now) };
}
