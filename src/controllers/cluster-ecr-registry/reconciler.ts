import { clusterEcrRegistries } from '../../api/cluster-ecr-registry.ts';
import { TokenUnavailable } from '../../aws/token-source.ts';
import { allEnded } from '../../base/all-ended.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import type { Controller, ControllerDeps, Transition } from '../controller.ts';
import { lookAt } from '../next-look.ts';
import { identityDependencies, observeRegistry } from '../observe-registry.ts';
import { requestedTime } from '../refresh-request.ts';
import { identityTransition, readyTransition } from '../registry-transitions.ts';
import { reportTransitions } from '../report-transitions.ts';
import type { FanOut } from './fan-out.ts';
import type { FanOuts } from './fan-outs.ts';
import { fingerprint, planFanOut } from './plan.ts';
import { type ClusterFacts, clusterStatus } from './status.ts';

const kind = clusterEcrRegistries.kind;
/** Secrets that are written with no longer pauses between them are one piece of news. */
const quietMs = 3_000;

/** Decides what all Secrets of a cluster registry have in common, queues them, and sums them up in the status. */
export function createClusterEcrRegistryController(deps: ControllerDeps, fanOuts: FanOuts): Controller {
  return {
    kind,
    *keys() {
      for (const [key] of deps.view.clusterRegistries.entries()) yield key;
    },
    reconcile: (key, signal) => reconcile(deps, fanOuts, key, signal),
  };
}

async function reconcile(
  deps: ControllerDeps,
  fanOuts: FanOuts,
  name: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { view, settings, dependents, clock } = deps;
  const registry = view.clusterRegistries.get(name);
  if (registry === undefined || registry.metadata.deletionTimestamp !== undefined) {
    dependents.remove(`${kind} ${name}`);
    view.clusterRegistries.forget(name);
    fanOuts.forget(name);
    return { kind: 'done' };
  }
  const identityNamespace = settings.clusterIdentityNamespace;
  // Noted before anything is read: what changes from here on comes as an event.
  dependents.set(`${kind} ${name}`, identityDependencies(registry, identityNamespace, settings));
  // Only administrators write cluster registries: they may have the operator's own identity.
  const where = { identityNamespace, mayUseOperatorIdentity: true };
  const facts = await observeRegistry(registry, where, settings, view, signal);
  const plan = planFanOut(facts, clock.now());
  const fanOut = fanOuts.of(registry, plan);
  const print = fingerprint(registry, plan);
  if (print !== fanOut.fingerprint) {
    fanOut.fingerprint = print;
    fanOuts.queueAll(registry, fanOut);
  }
  if (await askAgain(deps, fanOut, signal)) fanOuts.queueWaiting(name, fanOut);
  const written = fanOut.takeWritten(clock.now(), quietMs);
  await report(deps, facts, fanOut, 'count' in written ? written.count : 0, signal);
  const now = clock.now();
  const retries = [...fanOut.refusals.values()].map((failure) => failure.retryAtMs);
  const requested = requestedTime(registry.metadata.annotations);
  return lookAt(
    [
      ...retries,
      requested > now ? requested : undefined,
      fanOut.nextExpiry(now),
      'count' in written ? undefined : written.againAtMs,
    ],
    now,
  );
}

/** Tries the tokens that AWS refused, once for all Secrets that wait for them. True when one of them came. */
async function askAgain(
  { tokens, clock }: ControllerDeps,
  fanOut: FanOut,
  signal: AbortSignal,
): Promise<boolean> {
  const { plan, refusals } = fanOut;
  const nobodyWaits = fanOut.waiting.size === 0 && !fanOut.busy;
  if (plan.kind !== 'ready' || nobodyWaits) {
    refusals.clear();
    return false;
  }
  for (const id of refusals.keys()) if (!plan.requests.has(id)) refusals.delete(id);
  const now = clock.now();
  const again = [...plan.requests].filter(([id]) => (refusals.get(id)?.retryAtMs ?? Infinity) <= now);
  await allEnded(
    again.map(async ([id, request]) => {
      try {
        await untilAborted(tokens.get(request, plan.freshness), signal);
        refusals.delete(id);
      } catch (error) {
        if (!(error instanceof TokenUnavailable)) throw error;
        refusals.set(id, error);
      }
    }),
  );
  return again.some(([id]) => !refusals.has(id));
}

async function report(
  deps: ControllerDeps,
  facts: ClusterFacts,
  fanOut: FanOut,
  written: number,
  signal: AbortSignal,
): Promise<void> {
  const now = deps.clock.now();
  const { registry } = facts;
  const status = clusterStatus(facts, fanOut, now);
  const before = registry.status;
  fanOut.reportedAtMs = now;
  reportTransitions(deps, registry, [
    ...identityTransition(before, status),
    ...writtenTransition(written),
    // On the way is no news.
    ...readyTransition(before, status).filter(({ reason }) => reason !== 'Progressing'),
  ]);
  await deps.view.clusterRegistries.apply(deps.client, clusterEcrRegistries, registry, status, signal);
}

/** One event for all Secrets, some time after the last of them was seen to. */
function writtenTransition(written: number): Transition[] {
  if (written === 0) return [];
  const message = `${written} ${written === 1 ? 'Secret was' : 'Secrets were'} written`;
  return [{ type: 'Normal', reason: 'SecretsWritten', message, action: 'WriteSecret' }];
}
