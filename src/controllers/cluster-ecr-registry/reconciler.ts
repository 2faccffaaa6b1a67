import {
  clusterEcrRegistries,
  type ClusterEcrRegistry,
  type ClusterEcrRegistryStatus,
} from '../../api/cluster-ecr-registry.ts';
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
import { clusterStatus } from './status.ts';

const kind = clusterEcrRegistries.kind;

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
  // Only administrators write cluster registries.
  const where = { identityNamespace, mayUseOperatorIdentity: true };
  const facts = await observeRegistry(registry, where, settings, view, signal);
  const plan = planFanOut(facts, clock.now());
  const fanOut = fanOuts.of(registry, plan);
  fanOut.plan = plan;
  const print = fingerprint(registry, plan);
  if (print !== fanOut.fingerprint) {
    fanOut.fingerprint = print;
    fanOuts.queueAll(registry, fanOut);
  }
  await askAgain(deps, fanOuts, name, fanOut, signal);
  await report(deps, registry, fanOut, clusterStatus(facts, fanOut, clock.now()), signal);
  const requested = requestedTime(registry.metadata.annotations);
  const now = clock.now();
  return lookAt([fanOut.refusal?.retryAtMs, requested > now ? requested : undefined], now);
}

/** Tries the tokens that AWS refused, once for all Secrets that wait for them. */
async function askAgain(
  { tokens, clock }: ControllerDeps,
  fanOuts: FanOuts,
  name: string,
  fanOut: FanOut,
  signal: AbortSignal,
): Promise<void> {
  const { plan, refusal } = fanOut;
  if (fanOut.waiting.size === 0 || plan.kind !== 'ready') fanOut.refusal = undefined;
  if (fanOut.refusal === undefined || refusal === undefined || plan.kind !== 'ready') return;
  if (clock.now() < refusal.retryAtMs) return;
  const requests = plan.tokens.filter(({ desired }) => refusal.ids.has(desired.id));
  const answers = await allEnded(
    requests.map(({ request, desired }) =>
      untilAborted(tokens.get(request, plan.freshness), signal).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof TokenUnavailable) return { id: desired.id, error };
          throw error;
        },
      ),
    ),
  );
  const failed = answers.filter((answer) => answer !== undefined);
  const [first] = failed;
  fanOut.refusal =
    first === undefined
      ? undefined
      : {
          stall: first.error.failure,
          retryAtMs: Math.min(...failed.map(({ error }) => error.retryAtMs)),
          ids: new Set(failed.map(({ id }) => id)),
        };
  if (failed.length < requests.length || requests.length === 0) fanOuts.queueWaiting(name, fanOut);
}

async function report(
  deps: ControllerDeps,
  registry: ClusterEcrRegistry,
  fanOut: FanOut,
  status: ClusterEcrRegistryStatus,
  signal: AbortSignal,
): Promise<void> {
  const before = registry.status;
  reportTransitions(deps, registry, [
    ...identityTransition(before, status),
    ...writtenTransition(fanOut),
    // On the way is no news.
    ...readyTransition(before, status).filter(({ reason }) => reason !== 'Progressing'),
  ]);
  await deps.view.clusterRegistries.apply(deps.client, clusterEcrRegistries, registry, status, signal);
}

/** One event for all Secrets, when the last of them was seen to. */
function writtenTransition(fanOut: FanOut): Transition[] {
  if (fanOut.busy) return [];
  const written = fanOut.takeWritten();
  if (written === 0) return [];
  const message = `${written} ${written === 1 ? 'Secret was' : 'Secrets were'} written`;
  return [{ type: 'Normal', reason: 'SecretsWritten', message, action: 'WriteSecret' }];
}
