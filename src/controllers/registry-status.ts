import type { ConditionUpdate } from '../api/conditions.ts';
import type { EcrRegistryStatus } from '../api/ecr-registry.ts';
import type { Stall } from '../api/reasons.ts';
import { parseRegistryHost } from '../aws/hosts.ts';
import { finalRoleArn, type Identity } from '../identity/identity.ts';
import type { TokenRecords } from '../secrets/token-records.ts';
import type { RegistryFacts } from './registry-facts.ts';

/**
 * Who the operator is to AWS for a registry. A restart asks AWS nothing, so what AWS called the caller (`before`) is kept
 * while the identity is the same.
 */
export function identityStatus(
  { winner }: Pick<RegistryFacts, 'winner'>,
  identity: Identity,
  before: EcrRegistryStatus['identity'],
  callerArn: string | undefined,
): NonNullable<EcrRegistryStatus['identity']> {
  const roleArn = finalRoleArn(identity);
  const usesWinner = identity.root.source === 'ServiceAccount' && winner !== undefined;
  const serviceAccount = usesWinner ? winner.name : undefined;
  const same = before?.serviceAccount === serviceAccount && before?.roleArn === roleArn;
  return {
    ...(usesWinner ? { level: winner.level, serviceAccount: winner.name } : {}),
    ...optional('roleArn', roleArn),
    ...optional('callerArn', callerArn ?? (same ? before?.callerArn : undefined)),
  };
}

/** The hosts that a Secret logs in to; sorted, as the annotation is: the same before and after it is read back. */
export function hostsStatus(records: TokenRecords): NonNullable<EcrRegistryStatus['registries']> {
  const sorted = Object.entries(records).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([region, { hosts }]) =>
    hosts.map((host) => ({ host, region, ...optional('accountId', parseRegistryHost(host)?.accountId) })),
  );
}

export function trueCondition(type: string, reason: string, message: string): ConditionUpdate {
  return { type, status: 'True', reason, message };
}

export function falseCondition(type: string, { reason, message }: Stall): ConditionUpdate {
  return { type, status: 'False', reason, message };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}
