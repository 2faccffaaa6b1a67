import { type EcrPipeline, ecrPipelines, type PipelineTarget, targetsOf } from '../../api/ecr-pipeline.ts';
import type { EcrRegistry } from '../../api/ecr-registry.ts';
import { annotations } from '../../api/names.ts';
import { type Stall, stalls } from '../../api/reasons.ts';
import type { Freshness, TokenRequest } from '../../aws/token-source.ts';
import type { DesiredSecret } from '../../secrets/desired-secret.ts';
import { planSecret, type SecretPlan } from '../../secrets/plan.ts';
import { freshnessFor } from '../refresh-request.ts';
import { tokensOf, type WantedToken } from '../registry-tokens.ts';
import { hostLosers } from './host-losers.ts';
import { type Use, usesOf } from './winners.ts';
import type { World } from './world.ts';

/** What to do about one Secret of a pipeline. */
export interface TargetDecision {
  target: PipelineTarget;
  uses: Use[];
  desired: DesiredSecret;
  /** By the id of the token. */
  requests: ReadonlyMap<string, TokenRequest>;
  plan: SecretPlan;
  freshness: Required<Freshness>;
  /** Registries that cannot be logged in to, with the reason; what the Secret has of them stays. */
  stalls: ReadonlyMap<string, Stall>;
  /** Registries whose host another registry of the Secret logs in to. */
  losers: ReadonlyMap<string, Stall>;
}

/** Pure: from what was observed to what to do about each Secret. `now` is epoch milliseconds. */
export function decide(world: World, now: number): TargetDecision[] {
  const targets = targetsOf(world.pipeline);
  return targets.map((target, index) => {
    const decision = decideTarget(world, target, now);
    const before = targets.slice(0, index).find((other) => other.secretName === target.secretName);
    return before === undefined ? decision : withoutSecret(decision, before);
  });
}

/** Two Secrets of one name would fight over it, and pods of one would be the other: the first has it. */
function withoutSecret(decision: TargetDecision, before: PipelineTarget): TargetDecision {
  const stall = stalls.secretNameTaken(decision.target.secretName, before.trigger);
  const stalled = new Map(decision.uses.map(({ registry }) => [registry, stall]));
  return { ...decision, plan: { kind: 'keep', steps: [] }, stalls: stalled, losers: new Map() };
}

function decideTarget(world: World, target: PipelineTarget, now: number): TargetDecision {
  const uses = usesOf(world, target);
  const stalled = new Map<string, Stall>();
  const wanted: { registry: EcrRegistry; tokens: WantedToken[] }[] = [];
  for (const { registry: name, outcome } of uses) {
    if (outcome.kind === 'stalled') stalled.set(name, outcome.stall);
    else {
      try {
        wanted.push({
          registry: outcome.registry,
          tokens: tokensOf(outcome.registry, outcome.identity, `${name}/`),
        });
      } catch (error) {
        stalled.set(name, stalls.invalidRegistry((error as Error).message));
      }
    }
  }
  const inOrder = wanted.toSorted((a, b) => byPriority(a.registry, b.registry));
  const tokens = inOrder.flatMap((w) => w.tokens);
  const gone = world.registries.filter(({ registry }) => registry === undefined).map(({ name }) => name);
  const desired = desiredSecret(world.pipeline, target, tokens, { stalled: [...stalled.keys()], gone });
  const freshness = freshnessFor(world.pipeline.metadata, world.pipeline.status?.observedGeneration, now);
  const plan = planSecret({
    desired,
    observed: world.secrets.get(target.secretName),
    now,
    refreshRequestedAtMs: freshness.notBeforeMs,
  });
  const requests = new Map(tokens.map(({ desired: { id }, request }) => [id, request]));
  return { target, uses, desired, requests, plan, freshness, stalls: stalled, losers: hostLosers(inOrder) };
}

/** Ascending: a primary registry comes last, among equals the oldest. */
function byPriority(a: EcrRegistry, b: EcrRegistry): number {
  if (a.spec.primary !== b.spec.primary) return a.spec.primary ? 1 : -1;
  const [ageA, ageB] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (ageA !== ageB) return ageA < ageB ? 1 : -1;
  return a.metadata.name < b.metadata.name ? 1 : -1;
}

function desiredSecret(
  pipeline: EcrPipeline,
  { secretName, trigger }: PipelineTarget,
  tokens: WantedToken[],
  { stalled, gone }: { stalled: string[]; gone: string[] },
): DesiredSecret {
  const { metadata } = pipeline;
  const { apiVersion, kind } = ecrPipelines;
  return {
    namespace: metadata.namespace,
    name: secretName,
    nameField: trigger === undefined ? 'spec.secretName' : 'secretName of the trigger',
    owner: { apiVersion, kind, name: metadata.name, uid: metadata.uid },
    deleteWithOwner: true,
    labels: {},
    annotations: trigger === undefined ? {} : { [annotations.trigger]: trigger },
    tokens: tokens.map((token) => token.desired),
    held: stalled.map((name) => `${name}/`),
    yielding: gone.map((name) => `${name}/`),
  };
}
