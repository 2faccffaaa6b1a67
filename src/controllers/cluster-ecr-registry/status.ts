import type { ClusterEcrRegistry, ClusterEcrRegistryStatus } from '../../api/cluster-ecr-registry.ts';
import { conditionTypes, type ConditionUpdate, nextConditions } from '../../api/conditions.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { goodReasons, type Stall, stalls } from '../../api/reasons.ts';
import { describeRoot, finalRoleArn } from '../../identity/identity.ts';
import { firstExpiry, formatTime, type TokenRecords } from '../../secrets/token-records.ts';
import { falseCondition, hostsStatus, identityStatus, trueCondition } from '../registry-status.ts';
import type { RegistryFacts } from '../registry-facts.ts';
import { nextRefresh, tokenStall } from '../secret-report.ts';
import type { FanOut } from './fan-out.ts';

const mostFailures = 20;

export type ClusterFacts = RegistryFacts & { registry: ClusterEcrRegistry };

/** Status of a cluster registry as far as its Secrets have been looked at. Pure but for the fan-out, which it reads. */
export function clusterStatus(facts: ClusterFacts, fanOut: FanOut, now: number): ClusterEcrRegistryStatus {
  const { registry } = facts;
  const { generation } = registry.metadata;
  const { plan } = fanOut;
  const targets = fanOut.counts(now);
  const failures = fanOut.failures(mostFailures);
  const contents = fanOut.contents();
  const expiry = earliest(contents.map(firstExpiry));
  const tokens = plan.kind === 'ready' ? plan.tokens.map(({ desired }) => desired) : [];
  const refresh = earliest(contents.map((records) => nextRefresh(tokens, records)));
  const identity =
    plan.kind === 'ready'
      ? identityStatus(facts, plan.identity, registry.status?.identity, fanOut.callerArn)
      : registry.status?.identity;
  return {
    observedGeneration: generation,
    conditions: nextConditions(registry.status?.conditions ?? [], conditionsOf(fanOut, now), {
      generation,
      now: formatTime(now),
    }),
    ...(identity === undefined ? {} : { identity }),
    secretName: secretNameOf(registry),
    registries: hostsStatus(newest(contents)),
    ...(expiry === undefined ? {} : { expiresAt: formatTime(expiry) }),
    ...(refresh === undefined ? {} : { refreshAt: formatTime(refresh) }),
    ready: `${targets.ready}/${targets.desired}`,
    targets,
    ...(failures.length === 0 ? {} : { failures }),
  };
}

function conditionsOf(fanOut: FanOut, now: number): ConditionUpdate[] {
  const { plan } = fanOut;
  const refusal = tokenStall({ failures: fanOut.refusals });
  const ready = readyStall(fanOut, now);
  const { desired } = fanOut.counts(now);
  return [
    ready === undefined
      ? trueCondition(conditionTypes.ready, goodReasons.ready, `${secretsOf(desired)} fresh`)
      : falseCondition(conditionTypes.ready, ready),
    ...(plan.kind === 'stalled'
      ? plan.stall.reason === stalls.suspended().reason
        ? []
        : [falseCondition(conditionTypes.credentialsResolved, plan.stall)]
      : [
          trueCondition(
            conditionTypes.credentialsResolved,
            goodReasons.resolved,
            describeIdentity(plan.identity),
          ),
          refusal === undefined
            ? trueCondition(
                conditionTypes.tokensFresh,
                goodReasons.fresh,
                'AWS gives tokens for every registry',
              )
            : falseCondition(conditionTypes.tokensFresh, refusal),
        ]),
    secretsCondition(fanOut, now),
  ];
}

/** Why a registry is not ready: the first thing that somebody has to see to. */
function readyStall(fanOut: FanOut, now: number): Stall | undefined {
  if (fanOut.plan.kind === 'stalled') return fanOut.plan.stall;
  return tokenStall({ failures: fanOut.refusals }) ?? secretsStall(fanOut, now);
}

function secretsStall(fanOut: FanOut, now: number): Stall | undefined {
  const { desired, ready, failed } = fanOut.counts(now);
  const [first] = fanOut.failures(1);
  if (first !== undefined)
    return stalls.targetsFailed(failed, desired, `${first.namespace}: ${first.message ?? first.reason}`);
  if (ready < desired) return stalls.targetsPending(desired - ready, desired);
  return undefined;
}

function secretsCondition(fanOut: FanOut, now: number): ConditionUpdate {
  const stall = secretsStall(fanOut, now);
  if (stall !== undefined) return falseCondition(conditionTypes.secretSynced, stall);
  const { desired } = fanOut.counts(now);
  const message = desired === 0 ? 'no namespace is selected' : `${secretsOf(desired)} as they should be`;
  return trueCondition(conditionTypes.secretSynced, goodReasons.synced, message);
}

function secretsOf(count: number): string {
  return count === 1 ? '1 Secret is' : `${count} Secrets are`;
}

function describeIdentity(identity: Extract<FanOut['plan'], { kind: 'ready' }>['identity']): string {
  const role = finalRoleArn(identity);
  return `${describeRoot(identity.root)}${role === undefined ? '' : ` with ${role}`}`;
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The content that expires last is what all Secrets will have. */
function newest(contents: readonly TokenRecords[]): TokenRecords {
  const [last = {}] = contents.toSorted((a, b) => (firstExpiry(b) ?? 0) - (firstExpiry(a) ?? 0));
  return last;
}
