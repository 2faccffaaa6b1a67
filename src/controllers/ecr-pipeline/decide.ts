import { type EcrPipeline, ecrPipelines, type PipelineTarget, targetsOf } from '../../api/ecr-pipeline.ts';
import { annotations } from '../../api/names.ts';
import { type Stall, stalls } from '../../api/reasons.ts';
import type { Freshness, TokenRequest } from '../../aws/token-source.ts';
import type { DesiredSecret } from '../../secrets/desired-secret.ts';
import { planSecret, type SecretPlan } from '../../secrets/plan.ts';
import { freshnessFor, requestedAt } from '../refresh-request.ts';
import { tokensOf, type WantedToken } from '../registry-tokens.ts';
import { hostLosers, type WantedRegistry } from './host-losers.ts';
import { type Use, usesOf } from './winners.ts';
import type { SelectedRegistry, World } from './world.ts';

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
  const wanted: WantedRegistry[] = [];
  for (const { registry: name, outcome } of uses) {
    if (outcome.kind === 'stalled') stalled.set(name, outcome.stall);
    else {
      try {
        wanted.push({
          name,
          registry: outcome.registry,
          tokens: tokensOf(outcome.registry, outcome.identity, `${name}/`),
        });
      } catch (error) {
        stalled.set(name, stalls.invalidRegistry((error as Error).message));
      }
    }
  }
  const inOrder = wanted.toSorted(byPriority);
  const tokens = inOrder.flatMap((w) => w.tokens);
  const names = (which: (registry: SelectedRegistry) => boolean): string[] =>
    world.registries.filter(which).map(({ name }) => name);
  const held = names(({ name, revoked }) => stalled.has(name) && !revoked);
  const gone = names(({ registry, revoked }) => registry === undefined && !revoked);
  const desired = desiredSecret(world.pipeline, target, tokens, { stalled: held, gone });
  const freshness = freshnessFor(world.pipeline.metadata, world.pipeline.status?.observedGeneration, now);
  const plan = planSecret({
    desired,
    observed: world.secrets.get(target.secretName),
    now,
    refreshRequestedAtMs: freshness.notBeforeMs,
    tokensRequestedAtMs: requestsOfRegistries(wanted, now),
  });
  const requests = new Map(tokens.map(({ desired: { id }, request }) => [id, request]));
  return { target, uses, desired, requests, plan, freshness, stalls: stalled, losers: hostLosers(inOrder) };
}

/** By the id of the token: a refresh that is requested of a registry is one of its tokens, in every Secret. */
function requestsOfRegistries(wanted: readonly WantedRegistry[], now: number): ReadonlyMap<string, number> {
  return new Map(
    wanted.flatMap(({ registry, tokens }) => {
      const time = requestedAt(registry.metadata.annotations, now);
      return tokens.map(({ desired }) => [desired.id, time] as const);
    }),
  );
}

/** Ascending: a primary registry comes last, among equals the oldest. */
function byPriority(a: WantedRegistry, b: WantedRegistry): number {
  const [primaryA, primaryB] = [a.registry.spec.primary, b.registry.spec.primary];
  if (primaryA !== primaryB) return primaryA ? 1 : -1;
  const [ageA = '', ageB = ''] = [
    a.registry.metadata.creationTimestamp,
    b.registry.metadata.creationTimestamp,
  ];
  if (ageA !== ageB) return ageA < ageB ? 1 : -1;
  return a.name < b.name ? 1 : -1;
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
