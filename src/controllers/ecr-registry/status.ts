import {
  type Condition,
  conditionTypes,
  type ConditionUpdate,
  nextConditions,
} from '../../api/conditions.ts';
import { type EcrRegistryStatus, secretNameOf } from '../../api/ecr-registry.ts';
import { goodReasons, type Stall, stalls } from '../../api/reasons.ts';
import { parseRegistryHost } from '../../aws/hosts.ts';
import { refreshAtMs } from '../../aws/refresh-schedule.ts';
import { describeRoot, finalRoleArn, type Identity } from '../../identity/identity.ts';
import type { DesiredToken } from '../../secrets/desired-secret.ts';
import { firstExpiry, formatTime, type TokenRecords } from '../../secrets/token-records.ts';
import type { Decision } from './decide.ts';
import type { Result } from './execute.ts';
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
  result: Result,
  now: number,
): EcrRegistryStatus {
  const records = recordsAfter(world, decision, result);
  const expiry = firstExpiry(records);
  const refresh = nextRefresh(decision.wanted.secret.tokens, records);
  const stall = syncStall(decision, result);
  return {
    identity: identityStatus(world, decision.identity, result),
    secretName: decision.wanted.secret.name,
    registries: registriesStatus(world, decision, result, records),
    ...(expiry === undefined ? {} : { expiresAt: formatTime(expiry) }),
    ...(refresh === undefined ? {} : { refreshAt: formatTime(refresh) }),
    ...baseStatus(world, conditionsAfter(decision, result, { records, stall, now }), now),
  };
}

/** When the next token falls due, in epoch milliseconds; those that AWS refuses have their own time. */
export function refreshDueAt(world: World, decision: Proceed, result: Result): number | undefined {
  const tokens = decision.wanted.secret.tokens.filter((token) => !result.failures.has(token.id));
  return nextRefresh(tokens, recordsAfter(world, decision, result));
}

function conditionsAfter(
  { identity, wanted }: Proceed,
  result: Result,
  { records, stall, now }: { records: TokenRecords; stall: Stall | undefined; now: number },
): ConditionUpdate[] {
  const { namespace, name } = wanted.secret;
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
      `${describeRoot(identity.root)}${role === undefined ? '' : ` with ${role}`}`,
    ),
    failure === undefined
      ? trueCondition(conditionTypes.tokensFresh, goodReasons.fresh, 'AWS gives tokens for every registry')
      : falseCondition(conditionTypes.tokensFresh, failure),
    secretCondition(`${namespace}/${name}`, records, stall),
  ];
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

/** Why the Secret could not be brought to what it should be, apart from tokens. */
function syncStall({ plan, wanted }: Proceed, { write }: Result): Stall | undefined {
  const { namespace, name } = wanted.secret;
  if (plan.kind === 'conflict') {
    const owner =
      plan.ownerUid === undefined ? 'it has no owner' : `it belongs to the object with UID ${plan.ownerUid}`;
    return stalls.secretConflict(namespace, name, owner);
  }
  if (plan.kind === 'wait') return stalls.secretDeleting(namespace, name);
  if (write.kind === 'conflict') return stalls.secretConflict(namespace, name, write.found);
  if (write.kind === 'failed') return stalls.writeFailed(namespace, name, write.error.message);
  return undefined;
}

/** What AWS refused: of several failures the one that waits for a user. */
function tokenStall({ failures }: Result): Stall | undefined {
  const all = [...failures].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { failure }]) => failure);
  const first = all.find((failure) => failure.kind === 'terminal') ?? all[0];
  return first && { reason: first.reason, message: first.message };
}

function recordsAfter(world: World, { plan }: Proceed, { write }: Result): TokenRecords {
  if (write.kind === 'written' || write.kind === 'unchanged') return write.records;
  return plan.kind === 'conflict' || write.kind === 'conflict' ? {} : ownRecords(world);
}

/** What the Secret holds, if it is ours. */
function ownRecords({ registry, secret }: World): TokenRecords {
  return secret?.ownerUid === registry.metadata.uid ? secret.tokens : {};
}

function nextRefresh(tokens: readonly DesiredToken[], records: TokenRecords): number | undefined {
  const times = tokens.flatMap(({ id, tokenKey }) => {
    const record = records[id];
    return record === undefined ? [] : [refreshAtMs({ ...record, jitterKey: tokenKey })];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

function identityStatus(world: World, identity: Identity, { issued }: Result): EcrRegistryStatus['identity'] {
  const { winner, registry } = world;
  const roleArn = finalRoleArn(identity);
  const before = registry.status?.identity;
  const usesWinner = identity.root.source === 'ServiceAccount' && winner !== undefined;
  const serviceAccount = usesWinner ? winner.name : undefined;
  // A restart asks AWS nothing, so what AWS called the caller is kept while the identity is the same.
  const same = before?.serviceAccount === serviceAccount && before?.roleArn === roleArn;
  const callerArn = [...issued.values()].find((token) => token.callerArn)?.callerArn;
  return {
    ...(usesWinner ? { level: winner.level, serviceAccount: winner.name } : {}),
    ...optional('roleArn', roleArn),
    ...optional('callerArn', callerArn ?? (same ? before?.callerArn : undefined)),
  };
}

function registriesStatus(
  world: World,
  { wanted }: Proceed,
  { issued }: Result,
  records: TokenRecords,
): EcrRegistryStatus['registries'] {
  const before = world.registry.status?.registries ?? [];
  return wanted.secret.tokens
    .filter((token) => records[token.id] !== undefined)
    .flatMap((token) => {
      const hosts = token.hostsFor(issued.get(token.id)?.accountId);
      if (hosts.length === 0) return before.filter((entry) => entry.region === token.region);
      return hosts.map((host) => {
        const accountId = parseRegistryHost(host)?.accountId;
        return { host, region: token.region, ...optional('accountId', accountId) };
      });
    });
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

/** Says that the old login still works, because that is what a person looks for first. */
function describeKept(records: TokenRecords, now: number): string {
  const expiry = firstExpiry(records);
  if (expiry === undefined) return '';
  const time = formatTime(expiry);
  return expiry > now
    ? ` (the Secret keeps its login, good until ${time})`
    : ` (the login in the Secret expired at ${time})`;
}

function withoutRefresh(status: EcrRegistryStatus): EcrRegistryStatus {
  const { refreshAt: _none, ...rest } = status;
  return rest;
}

function trueCondition(type: string, reason: string, message: string): ConditionUpdate {
  return { type, status: 'True', reason, message };
}

function falseCondition(type: string, { reason, message }: Stall): ConditionUpdate {
  return { type, status: 'False', reason, message };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
