import type { ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import type { Stall } from '../../api/reasons.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import { isNamespaceTerminating, isNotFound } from '../../kube/errors.ts';
import { parseKey } from '../../kube/object.ts';
import { deleteSecret } from '../unwanted-secrets.ts';
import type { Controller, ControllerDeps } from '../controller.ts';
import { lookAt } from '../next-look.ts';
import { nextSecretLook, syncStall, tokenStall } from '../secret-report.ts';
import { syncSecret, type SyncResult } from '../sync-secret.ts';
import { decideTarget, type TargetDecision } from './decide-target.ts';
import type { FanOut } from './fan-out.ts';
import { type FanOuts, stateOf, targetKind } from './fan-outs.ts';

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
    reconcile: (key, signal) => reconcile(deps, fanOuts, key, signal),
  };
}

async function reconcile(
  deps: ControllerDeps,
  fanOuts: FanOuts,
  key: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { namespace = '', name } = parseKey(key);
  const registry = deps.view.clusterRegistries.get(name);
  const fanOut = fanOuts.get(name);
  if (registry === undefined || fanOut === undefined || fanOut.uid !== registry.metadata.uid) return done;
  const secretKey = `${namespace}/${secretNameOf(registry)}`;
  const outcome = await seeTo(deps, { registry, fanOut, namespace, secretKey }, signal);
  fanOuts.settled(name, fanOut);
  return outcome;
}

async function seeTo(deps: ControllerDeps, target: Target, signal: AbortSignal): Promise<Outcome> {
  const { registry, fanOut, namespace, secretKey } = target;
  const { view, clock } = deps;
  const observed = view.secrets.get(secretKey);
  const facts = view.namespaces.get(namespace);
  const { plan } = fanOut;
  const decision = decideTarget({ registry, plan, namespace, facts, observed }, clock.now());
  switch (decision.kind) {
    case 'none':
      fanOut.settle(namespace, undefined);
      return done;
    case 'remove':
      await deleteSecret(deps, secretKey, decision.observed, signal);
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
  const result = await trySync(deps, { ...decision, ...plan, plan: decision.plan, observed }, signal);
  if (result === undefined) {
    fanOut.settle(namespace, undefined);
    return done;
  }
  const written = result.write.kind === 'written';
  if (result.write.kind === 'written') view.secrets.wrote(secretKey, result.write.observed);
  noteTokens(target, result);
  const stall = syncStall(decision, result);
  if (stall !== undefined) return fail(target, stall);
  await removeFormer(deps, target, signal);
  fanOut.settle(namespace, stateOf(registry.metadata.uid, view.secrets.get(secretKey), clock.now()), written);
  // The registry asks AWS again for all of those that wait.
  if (result.failures.size > 0) return done;
  return lookAt([nextSecretLook(decision, observed, result, clock.now())], clock.now());
}

/** Undefined where the namespace is gone or on its way: it needs no Secret any more. */
async function trySync(
  deps: ControllerDeps,
  input: Parameters<typeof syncSecret>[1],
  signal: AbortSignal,
): Promise<SyncResult | undefined> {
  try {
    const result = await syncSecret(deps, input, signal);
    return result.write.kind === 'failed' && isNamespaceTerminating(result.write.error) ? undefined : result;
  } catch (error) {
    if (isNotFound(error) && input.observed === undefined) return undefined;
    throw error;
  }
}

function noteTokens({ fanOut, namespace }: Target, result: SyncResult): void {
  const { issued, failures } = result;
  const callerArn = [...issued.values()].find((token) => token.callerArn)?.callerArn;
  if (callerArn !== undefined) fanOut.callerArn = callerArn;
  const stall = tokenStall(result);
  if (stall === undefined) {
    fanOut.waiting.delete(namespace);
    return;
  }
  const retryAtMs = Math.min(...[...failures.values()].map((failure) => failure.retryAtMs));
  fanOut.refusal = { stall, retryAtMs, ids: new Set(failures.keys()) };
  fanOut.waiting.add(namespace);
}

/** One namespace that fails holds up no other: it has a back-off of its own. */
function fail({ fanOut, namespace }: Target, stall: Stall): Outcome {
  fanOut.settle(namespace, { kind: 'failed', stall, records: {} });
  return { kind: 'retry', reason: stall.reason };
}

/** Secrets of former names go when the one of the new name is there. */
async function removeFormer(deps: ControllerDeps, target: Target, signal: AbortSignal): Promise<void> {
  const { registry, fanOut, namespace, secretKey } = target;
  const former = fanOut.former.get(namespace);
  if (former === undefined || deps.view.secrets.get(secretKey)?.ownerUid !== registry.metadata.uid) return;
  for (const key of former) {
    const secret = deps.view.secrets.get(key);
    if (secret !== undefined && secret.ownerUid === registry.metadata.uid && !secret.deleting) {
      await deleteSecret(deps, key, secret, signal);
    }
  }
}
