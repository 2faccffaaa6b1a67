import { conditionTypes, type ConditionUpdate, nextConditions } from '../../api/conditions.ts';
import type { EcrPipelineStatus, PipelineSecretStatus } from '../../api/ecr-pipeline.ts';
import { goodReasons, type Stall, stalls } from '../../api/reasons.ts';
import { firstExpiry, formatTime } from '../../secrets/token-records.ts';
import { describeKept, nextRefresh, recordsAfter, syncStall, tokenStall } from '../secret-report.ts';
import type { SyncResult } from '../sync-secret.ts';
import type { TargetDecision } from './decide.ts';
import type { World } from './world.ts';

/** A decision about one Secret of a pipeline and what came of it. */
export interface TargetOutcome {
  decision: TargetDecision;
  result: SyncResult;
}

/** Status of a pipeline after its Secrets were seen to. Pure. */
export function pipelineStatus(
  world: World,
  outcomes: readonly TargetOutcome[],
  now: number,
): EcrPipelineStatus {
  const { pipeline } = world;
  const { generation } = pipeline.metadata;
  const secrets = outcomes.map((outcome) => secretStatus(world, outcome, now));
  const expiries = secrets.flatMap(({ expiresAt }) => expiresAt ?? []).toSorted();
  const [first] = expiries;
  const at = { generation, now: formatTime(now) };
  const ready = readyCondition(world, secrets);
  const summary = [ready.message, describeLosers(outcomes)].filter((part) => part !== '').join('; ');
  const updates = [{ ...ready, message: summary }];
  return {
    observedGeneration: generation,
    conditions: nextConditions(pipeline.status?.conditions ?? [], updates, at),
    secrets,
    ready: `${secrets.filter((secret) => secret.ready).length}/${secrets.length}`,
    serviceAccounts: describeAccounts(secrets),
    ...(first === undefined ? {} : { expiresAt: first }),
  };
}

function secretStatus(world: World, { decision, result }: TargetOutcome, now: number): PipelineSecretStatus {
  const { target, uses, desired } = decision;
  const records = recordsAfter(decision, world.secrets.get(target.secretName), result);
  const expiry = firstExpiry(records);
  const refresh = nextRefresh(desired.tokens, records);
  const problem = problemOf(decision, result);
  return {
    ...(target.trigger === undefined ? {} : { trigger: target.trigger }),
    secretName: target.secretName,
    ready: problem === undefined && Object.keys(records).length > 0,
    ...(problem === undefined
      ? {}
      : { reason: problem.reason, message: problem.message + describeKept(records, now) }),
    winners: uses.map(({ registry, winner }) => ({ registry, ...winner })),
    ...(expiry === undefined ? {} : { expiresAt: formatTime(expiry) }),
    ...(refresh === undefined ? {} : { refreshAt: formatTime(refresh) }),
  };
}

/** What is wrong with a Secret; the first thing that somebody has to change. A lost host alone leaves it ready. */
function problemOf(decision: TargetDecision, result: SyncResult): Stall | undefined {
  const [stalled] = decision.stalls.values();
  return syncStall(decision, result) ?? stalled ?? tokenStall(result);
}

function readyCondition(
  { pipeline, registries }: World,
  secrets: readonly PipelineSecretStatus[],
): ConditionUpdate {
  const type = conditionTypes.ready;
  if (registries.length === 0)
    return { type, status: 'False', ...stalls.noRegistries(pipeline.metadata.namespace) };
  const failing = secrets.filter((secret) => !secret.ready);
  const [first] = failing;
  if (first === undefined) {
    const message = `${secrets.length} ${secrets.length === 1 ? 'Secret is' : 'Secrets are'} fresh`;
    return { type, status: 'True', reason: goodReasons.ready, message };
  }
  const more = failing.length === 1 ? '' : ` (and ${failing.length - 1} more Secrets, see status.secrets)`;
  const message = `Secret ${first.secretName}: ${first.message ?? 'waits for its first token'}${more}`;
  return { type, status: 'False', reason: first.reason ?? 'WaitingForToken', message };
}

/** Which registries another one keeps from a host, with what to do; once each, whatever the number of Secrets. */
export function losersOf(outcomes: readonly TargetOutcome[]): Stall[] {
  const stallOf = new Map<string, Stall>();
  for (const { decision } of outcomes) {
    for (const stall of decision.losers.values()) stallOf.set(stall.message, stall);
  }
  return [...stallOf.values()];
}

/** The same for the message of Ready, where the next status finds it; '' where nobody loses. */
export function describeLosers(outcomes: readonly TargetOutcome[]): string {
  const [first, ...others] = losersOf(outcomes);
  if (first === undefined) return '';
  return first.message + (others.length === 0 ? '' : ` (and ${others.length} more such pairs)`);
}

/** Service accounts in use, each with its levels, for `kubectl get -o wide`: `builder (pipeline), pusher (trigger)`. */
function describeAccounts(secrets: readonly PipelineSecretStatus[]): string {
  const levels = new Map<string, Set<string>>();
  for (const { serviceAccount, level } of secrets.flatMap(({ winners }) => winners ?? [])) {
    if (serviceAccount === undefined || level === undefined) continue;
    levels.set(serviceAccount, (levels.get(serviceAccount) ?? new Set()).add(level));
  }
  return [...levels].map(([account, of]) => `${account} (${[...of].join(', ')})`).join(', ');
}
