import type { ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { type Stall, stalls } from '../../api/reasons.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import { ApiError, isConflict, isNamespaceTerminating, isNotFound } from '../../kube/errors.ts';
import { parseKey } from '../../kube/object.ts';
import { firstExpiry } from '../../secrets/token-records.ts';
import type { Controller, ControllerDeps } from '../controller.ts';
import { lookAt } from '../next-look.ts';
import { dueLook, recordsAfter, syncStall } from '../secret-report.ts';
import { syncSecret, type SyncResult } from '../sync-secret.ts';
import { deleteSecret } from '../unwanted-secrets.ts';
import { decideTarget, type Found, type TargetDecision } from './decide-target.ts';
import type { FanOut } from './fan-out.ts';
import { type FanOuts, targetKind } from './fan-outs.ts';
import { pending, stateOf } from './target-state.ts';

/** One Secret of a cluster registry, and all that a step of its reconcile needs. */
interface Target {
  registry: ClusterEcrRegistry;
  fanOut: FanOut;
  namespace: string;
  secretKey: string;
}

const done: Outcome = { kind: 'done' };

/** Keeps the Secret of a cluster registry in one namespace. Its keys are queued by the registry and by what changes. */
export function createTargetController(deps: ControllerDeps, fanOuts: FanOuts): Controller {
  return {
    kind: targetKind,
    keys: () => [],
    async reconcile(key, signal) {
      const { namespace = '', name } = parseKey(key);
      const registry = deps.view.clusterRegistries.get(name);
      const fanOut = fanOuts.get(name);
      if (registry === undefined || fanOut === undefined || fanOut.uid !== registry.metadata.uid) return done;
      const target = { registry, fanOut, namespace, secretKey: `${namespace}/${secretNameOf(registry)}` };
      try {
        return await seeTo(deps, target, signal);
      } catch (error) {
        return failedFor(deps, target, error);
      } finally {
        fanOuts.settled(name, fanOut);
      }
    },
  };
}

async function seeTo(deps: ControllerDeps, target: Target, signal: AbortSignal): Promise<Outcome> {
  const { registry, fanOut, namespace, secretKey } = target;
  const { view, clock } = deps;
  const observed = view.secrets.get(secretKey);
  const facts = view.namespaces.get(namespace);
  const owned = ownedIn(deps, target);
  const world = { registry, plan: fanOut.plan, namespace, facts, observed, owned };
  const decision = decideTarget(world, clock.now());
  switch (decision.kind) {
    case 'remove':
      for (const { key, secret } of decision.secrets) await deleteSecret(deps, key, secret, signal);
      fanOut.settle(namespace, undefined);
      return done;
    case 'hold':
      fanOut.settle(namespace, stateOf(registry.metadata.uid, observed, clock.now()));
      return done;
    case 'sync':
      return sync(deps, target, decision, signal);
  }
}

async function sync(
  deps: ControllerDeps,
  target: Target,
  decision: Extract<TargetDecision, { kind: 'sync' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { view, clock } = deps;
  const { registry, fanOut, namespace, secretKey } = target;
  const { plan } = fanOut;
  if (plan.kind !== 'ready') return done;
  const observed = view.secrets.get(secretKey);
  const { requests, freshness } = plan;
  const result = await syncSecret(deps, { ...decision, observed, requests, freshness }, signal);
  if (result.write.kind === 'written') {
    view.secrets.wrote(secretKey, result.write.observed);
    fanOut.wrote(clock.now());
  }
  noteTokens(target, result);
  if (result.write.kind === 'failed' && isNamespaceTerminating(result.write.error))
    return namespaceGone(deps, target);
  const stall = syncStall(decision, result);
  if (stall !== undefined) return fail(deps, target, stall);
  await removeFormer(deps, target, signal);
  const now = clock.now();
  fanOut.settle(namespace, stateOf(registry.metadata.uid, view.secrets.get(secretKey), now));
  const due = dueLook(decision, observed, result, now);
  // The registry asks AWS again for all of those that wait; what was not refused falls due all the same.
  if (result.failures.size === 0) return lookAt([due], now);
  const expiry = firstExpiry(recordsAfter(decision, observed, result)) ?? 0;
  return lookAt([due, expiry > now ? expiry : undefined], now);
}

/** The API server knows better than the watch, which will tell. If it does not, the API server was late. */
function namespaceGone({ view }: ControllerDeps, { fanOut, namespace }: Target): Outcome {
  if (view.namespaces.get(namespace)?.terminating !== false) {
    fanOut.settle(namespace, undefined);
    return done;
  }
  fanOut.settle(namespace, pending(fanOut.stateOf(namespace)?.records));
  return { kind: 'retry', reason: 'NamespaceTerminating' };
}

function noteTokens({ fanOut, namespace }: Target, { issued, failures }: SyncResult): void {
  for (const [id, { callerArn }] of issued) {
    fanOut.refusals.delete(id);
    if (callerArn !== undefined) fanOut.callerArn = callerArn;
  }
  for (const [id, failure] of failures) fanOut.refusals.set(id, failure);
  if (failures.size === 0) fanOut.waiting.delete(namespace);
  else fanOut.waiting.add(namespace);
}

/** One namespace that fails holds up no other: it has a back-off of its own. */
function fail(deps: ControllerDeps, target: Target, stall: Stall): Outcome {
  const [first] = ownedIn(deps, target);
  const records = first === undefined ? pending().records : first.secret.tokens;
  target.fanOut.settle(target.namespace, { kind: 'failed', stall, records });
  return { kind: 'retry', reason: stall.reason };
}

/** What the API server answered is said in the status; a connection that broke, or a Secret that changed, soon mends. */
function failedFor(deps: ControllerDeps, target: Target, error: unknown): Outcome {
  const { fanOut, namespace, registry } = target;
  if (isNotFound(error)) return namespaceGone(deps, target);
  const soonMends = isConflict(error) || !(error instanceof ApiError);
  if (!soonMends)
    return fail(deps, target, stalls.writeFailed(namespace, secretNameOf(registry), error.message));
  if (fanOut.stateOf(namespace) === undefined) fanOut.settle(namespace, pending());
  else fanOut.release(namespace);
  throw error;
}

/** Secrets of the registry in the namespace; the one of its present name comes first. */
function ownedIn({ view }: ControllerDeps, { registry, namespace, secretKey }: Target): Found[] {
  return view.secrets
    .ownedIn(registry.metadata.uid, namespace)
    .toSorted((a, b) => Number(b === secretKey) - Number(a === secretKey))
    .flatMap((key) => {
      const secret = view.secrets.get(key);
      return secret === undefined ? [] : [{ key, secret }];
    });
}

/** Secrets of former names go when the one of the new name is there. */
async function removeFormer(deps: ControllerDeps, target: Target, signal: AbortSignal): Promise<void> {
  const { registry, secretKey } = target;
  if (deps.view.secrets.get(secretKey)?.ownerUid !== registry.metadata.uid) return;
  for (const { key, secret } of ownedIn(deps, target)) {
    if (key !== secretKey && !secret.deleting) await deleteSecret(deps, key, secret, signal);
  }
}
