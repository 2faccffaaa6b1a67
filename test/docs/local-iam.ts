import type { TrustStatement } from '../support/aws/trust.ts';
import { blockNamed } from './documents.ts';
import { conditionsOf, Policy, type Statement } from './iam-policy.ts';

/** The policy that the documents call by this file name. */
export function policyNamed(name: string): Policy {
  return Policy.parse(JSON.parse(blockNamed(name).text));
}

/** The actions that a policy allows. The local AWS does not look at resources. */
export function allowOf(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => policyNamed(name).Statement.flatMap(({ Action }) => Action));
}

/** A trust policy in the words of the local AWS. Throws where it has none for a condition. */
export function trustOf(policy: Policy): readonly TrustStatement[] {
  const tagging = policy.Statement.filter(({ Action }) => Action.includes('sts:TagSession'));
  return policy.Statement.flatMap((statement): TrustStatement[] => {
    const { Principal = {}, Action } = statement;
    if (Principal.Federated !== undefined) return [webIdentityTrust(statement)];
    if (!Action.includes('sts:AssumeRole') || Principal.AWS === undefined) return [];
    const arns = Principal.AWS;
    const tagSession = tagging.some((other) => arns.every((arn) => other.Principal?.AWS?.includes(arn)));
    return [{ kind: 'principal', arns, tagSession, ...externalIdOf(statement) }];
  });
}

/** The issuer whose tokens a trust policy takes. */
export function issuerOf(policy: Policy): string {
  const [statement] = policy.Statement;
  return `https://${statement?.Principal?.Federated?.[0]?.split(':oidc-provider/')[1]}`;
}

function webIdentityTrust(statement: Statement): TrustStatement {
  const issuer = issuerOf({ Version: '2012-10-17', Statement: [statement] });
  const values = (claim: string): readonly string[] => {
    const key = `${issuer.slice('https://'.length)}:${claim}`;
    return conditionsOf(statement).find((condition) => condition.key === key)?.values ?? [];
  };
  const [audience] = values('aud');
  return {
    kind: 'web-identity',
    issuer,
    subjects: values('sub'),
    ...(audience === undefined ? {} : { audience }),
  };
}

function externalIdOf(statement: Statement): { externalId?: string } {
  const conditions = conditionsOf(statement);
  const unknown = conditions.find(({ key }) => key !== 'sts:ExternalId');
  if (unknown !== undefined) throw new Error(`the local AWS has no condition ${unknown.key}`);
  const externalId = conditions[0]?.values[0];
  return externalId === undefined ? {} : { externalId };
}
