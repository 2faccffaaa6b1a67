import { type EcrPipeline, ecrPipelines } from '../../api/ecr-pipeline.ts';
import { allEnded } from '../../base/all-ended.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import type { Controller, ControllerDeps } from '../controller.ts';
import { waitForForeign } from '../foreign-secrets.ts';
import { lookAt } from '../next-look.ts';
import { reportTransitions } from '../report-transitions.ts';
import { requestedTime } from '../refresh-request.ts';
import { isForeign, nextSecretLook } from '../secret-report.ts';
import { syncSecret } from '../sync-secret.ts';
import { removeUnwanted } from '../unwanted-secrets.ts';
import { decide, type TargetDecision } from './decide.ts';
import { formerSecretsToKeep } from './former-secrets.ts';
import { dependenciesOf, observe, selectFor } from './observe.ts';
import { pipelineStatus, type TargetOutcome } from './status.ts';
import { transitions } from './transitions.ts';
import type { World } from './world.ts';

const kind = ecrPipelines.kind;

export function createEcrPipelineController(deps: ControllerDeps): Controller {
  return {
    kind,
    *keys() {
      for (const [key] of deps.view.pipelines.entries()) yield key;
    },
    reconcile: (key, signal) => reconcile(deps, key, signal),
  };
}

async function reconcile(deps: ControllerDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { view, settings, dependents, clock } = deps;
  const pipeline = view.pipelines.get(key);
  if (pipeline === undefined || pipeline.metadata.deletionTimestamp !== undefined) {
    dependents.remove(`${kind} ${key}`);
    view.pipelines.forget(key);
    return { kind: 'done' };
  }
  const selection = selectFor(pipeline, settings, view);
  const dependencies = dependenciesOf(pipeline, selection);
  // Noted before anything more is read: what changes from here on comes as an event.
  dependents.set(`${kind} ${key}`, dependencies);
  const world = await observe(pipeline, settings, view, selection, signal);
  const decisions = decide(world, clock.now());
  const outcomes = await allEnded(decisions.map((decision) => carryOut(deps, world, decision, signal)));
  await removeOthers(deps, pipeline, decisions, signal);
  await report(deps, world, outcomes, signal);
  throwFirstFailure(outcomes);
  const foreign = outcomes.filter(({ decision, result }) => isForeign(decision, result));
  if (foreign.length > 0) {
    const keys = foreign.map(({ decision }) => secretKey(pipeline, decision));
    const outcome = await waitForForeign(deps, `${kind} ${key}`, dependencies, keys, signal);
    if (outcome.kind === 'requeue' || foreign.length === outcomes.length) return outcome;
  }
  return nextLook(world, outcomes, clock.now());
}

async function carryOut(
  deps: ControllerDeps,
  { pipeline, secrets }: World,
  decision: TargetDecision,
  signal: AbortSignal,
): Promise<TargetOutcome> {
  const observed = secrets.get(decision.target.secretName);
  const result = await syncSecret(deps, { ...decision, observed }, signal);
  if (result.write.kind === 'written') {
    deps.view.secrets.wrote(secretKey(pipeline, decision), result.write.observed);
  }
  return { decision, result };
}

/** Secrets of triggers that are gone, and of former names; the latter only when the new one is there. */
async function removeOthers(
  deps: ControllerDeps,
  pipeline: EcrPipeline,
  decisions: readonly TargetDecision[],
  signal: AbortSignal,
): Promise<void> {
  const { secrets } = deps.view;
  const { uid } = pipeline.metadata;
  const missing = decisions.filter(
    (decision) => secrets.get(secretKey(pipeline, decision))?.ownerUid !== uid,
  );
  const triggers = missing.map(({ target }) => target.trigger);
  const former = formerSecretsToKeep(pipeline, secrets.ownedBy(uid), triggers);
  const wanted = decisions.map((decision) => secretKey(pipeline, decision));
  await removeUnwanted(deps, uid, [...wanted, ...former], signal);
}

async function report(
  deps: ControllerDeps,
  world: World,
  outcomes: readonly TargetOutcome[],
  signal: AbortSignal,
): Promise<void> {
  const { pipeline } = world;
  const status = pipelineStatus(world, outcomes, deps.clock.now());
  reportTransitions(deps, pipeline, transitions(pipeline.status, status, outcomes));
  await deps.view.pipelines.apply(deps.client, ecrPipelines, pipeline, status, signal);
}

function throwFirstFailure(outcomes: readonly TargetOutcome[]): void {
  for (const { result } of outcomes) if (result.write.kind === 'failed') throw result.write.error;
}

function nextLook(world: World, outcomes: readonly TargetOutcome[], now: number): Outcome {
  const { pipeline, registries, secrets } = world;
  const looks = outcomes.map(({ decision, result }) =>
    nextSecretLook(decision, secrets.get(decision.target.secretName), result, now),
  );
  const requests = [pipeline, ...registries.flatMap(({ registry }) => registry ?? [])]
    .map(({ metadata }) => requestedTime(metadata.annotations))
    .filter((time) => time > now);
  return lookAt([...looks, ...requests], now);
}

function secretKey(pipeline: EcrPipeline, { target }: TargetDecision): string {
  return `${pipeline.metadata.namespace}/${target.secretName}`;
}
