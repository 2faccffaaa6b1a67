import {
  type Condition,
  conditionTypes,
  type ConditionUpdate,
  nextConditions,
} from '../../api/conditions.ts';
import { type EcrRegistryStatus, secretNameOf } from '../../api/ecr-registry.ts';
import { goodReasons, type Stall, stalls } from '../../api/reasons.ts';
import { describeRoot, finalRoleArn } from '../../identity/identity.ts';
import { firstExpiry, formatTime, type TokenRecords } from '../../secrets/token-records.ts';
import { falseCondition, hostsStatus, identityStatus, trueCondition } from '../registry-status.ts';
import { describeKept, nextRefresh, recordsAfter, syncStall, tokenStall } from '../secret-report.ts';
import type { SyncResult } from '../sync-secret.ts';
import type { Decision } from './decide.ts';
import type { World } from './world.ts';

type Proceed = Extract<Decision, { kind: 'proceed' }>;

/** Status of a registry that waits for somebody: what is known of the Secret stays, the reason is new. */
export function stalledStatus(world: World, stall: Stall, now: number): EcrRegistryStatus {
  const previous = world.registry.status ?? {};
  const { winner } = world;
  const suspended = stall.reason === stalls.suspended().reason;
  const identity = winner && { level: winner.level, serviceAccount: winner.name };
  const kept = describeKept(ownRecords(world), now);
  const updates: ConditionUpdate[] = [
    { type: conditionTypes.ready, status: 'False', reason: stall.reason, message: stall.message + kept },
    ...(suspended ? [] : [falseCondition(conditionTypes.credentialsResolved, stall)]),
  ];
  return {
    ...withoutRefresh(previous),
    ...(suspended || identity === undefined ? {} : { identity }),
    secretName: secretNameOf(world.registry),
    ...baseStatus(world, updates, now),
  };
}

/** Status after a decision was carried out. */
export function proceedStatus(
  world: World,
  decision: Proceed,
  result: SyncResult,
  now: number,
): EcrRegistryStatus {
  const records = recordsAfter(decision, world.secret, result);
  const expiry = firstExpiry(records);
  const refresh = nextRefresh(decision.desired.tokens, records);
  const stall = syncStall(decision, result);
  return {
    identity: identityStatus(world, decision.identity, world.registry.status?.identity, callerOf(result)),
    secretName: decision.desired.name,
    registries: hostsStatus(records),
    ...(expiry === undefined ? {} : { expiresAt: formatTime(expiry) }),
    ...(refresh === undefined ? {} : { refreshAt: formatTime(refresh) }),
    ...baseStatus(world, conditionsAfter(world, decision, result, { records, stall, now }), now),
  };
}

function conditionsAfter(
  world: World,
  { identity, desired }: Proceed,
  result: SyncResult,
  { records, stall, now }: { records: TokenRecords; stall: Stall | undefined; now: number },
): ConditionUpdate[] {
  const { namespace, name } = desired;
  const failure = tokenStall(result);
  const problem = stall ?? failure;
  const role = finalRoleArn(identity);
  const expiry = firstExpiry(records);
  const until = expiry === undefined ? '' : `, good until ${formatTime(expiry)}`;
  return [
    problem === undefined
      ? trueCondition(conditionTypes.ready, goodReasons.ready, `Secret ${namespace}/${name} is fresh${until}`)
      : falseCondition(conditionTypes.ready, {
          ...problem,
          message: problem.message + describeKept(records, now),
        }),
    trueCondition(
      conditionTypes.credentialsResolved,
      goodReasons.resolved,
      `${describeRoot(identity.root)}${role === undefined ? '' : ` with ${role}`}${ignoredLevels(world)}`,
    ),
    failure === undefined
      ? trueCondition(conditionTypes.tokensFresh, goodReasons.fresh, 'AWS gives tokens for every registry')
      : falseCondition(conditionTypes.tokensFresh, failure),
    secretCondition(`${namespace}/${name}`, records, stall),
  ];
}

/** Levels stay apart from the source: where it is no service account, they say nothing. */
function ignoredLevels({ registry }: World): string {
  const { source, serviceAccounts } = registry.spec.credentials;
  if (source === 'ServiceAccount' || serviceAccounts === undefined) return '';
  return `; spec.credentials.serviceAccounts is ignored with source ${source}`;
}

function secretCondition(secret: string, records: TokenRecords, stall: Stall | undefined): ConditionUpdate {
  if (stall !== undefined) return falseCondition(conditionTypes.secretSynced, stall);
  if (Object.keys(records).length === 0) {
    const message = `Secret ${secret} is written as soon as AWS gives a token`;
    return falseCondition(conditionTypes.secretSynced, { reason: 'WaitingForToken', message });
  }
  return trueCondition(
    conditionTypes.secretSynced,
    goodReasons.synced,
    `Secret ${secret} is as it should be`,
  );
}

/** What the Secret holds, if it is ours. */
function ownRecords({ registry, secret }: World): TokenRecords {
  return secret?.ownerUid === registry.metadata.uid ? secret.tokens : {};
}

function baseStatus(
  { registry }: World,
  updates: ConditionUpdate[],
  now: number,
): Pick<EcrRegistryStatus, 'observedGeneration' | 'conditions'> {
  const { generation } = registry.metadata;
  const previous: Condition[] = registry.status?.conditions ?? [];
  const conditions = nextConditions(previous, updates, { generation, now: formatTime(now) });
  return { observedGeneration: generation, conditions };
}

function withoutRefresh(status: EcrRegistryStatus): EcrRegistryStatus {
  const { refreshAt: _none, ...rest } = status;
  return rest;
}

function callerOf({ issued }: SyncResult): string | undefined {
  return [...issued.values()].find((token) => token.callerArn)?.callerArn;
}
