import { z } from 'zod';

const oneOrMore = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));

const operators = z.enum(['StringEquals', 'StringLike']);

const Statement = z.strictObject({
  Sid: z
    .string()
    .regex(/^[A-Za-z0-9]+$/)
    .optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.partialRecord(z.enum(['AWS', 'Federated', 'Service']), oneOrMore).optional(),
  Action: oneOrMore,
  Resource: oneOrMore.optional(),
  Condition: z.partialRecord(operators, z.record(z.string(), oneOrMore)).optional(),
});

/** The grammar of IAM policies, as far as the documents use it; other members are refused. */
export const Policy = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(Statement).min(1),
});

export type Policy = z.infer<typeof Policy>;
export type Statement = z.infer<typeof Statement>;

/** `identity`: of a role or user. `repository`: of a repository. `trust`: who may assume a role. */
export type PolicyKind = 'identity' | 'repository' | 'trust';

/** Which kind of policy a statement belongs to. */
export function kindOf({ Principal, Action }: Statement): PolicyKind {
  if (Principal === undefined) return 'identity';
  return Action.every((action) => action.startsWith('sts:')) ? 'trust' : 'repository';
}

/** A key of a condition, such as `sts:ExternalId`, with its operator and values. */
export interface ConditionEntry {
  readonly operator: z.infer<typeof operators>;
  readonly key: string;
  readonly values: readonly string[];
}

/** The conditions of a statement, one entry for each key. */
export function conditionsOf({ Condition = {} }: Statement): readonly ConditionEntry[] {
  return operators.options.flatMap((operator) =>
    Object.entries(Condition[operator] ?? {}).map(([key, values]) => ({ operator, key, values })),
  );
}
