import type { AwsCallContext } from './aws-call-context.ts';
import { type AwsErrorFacts, awsErrorFacts } from './aws-error-facts.ts';
import type { ErrorRow, FailureKind } from './error-row.ts';
import { errorTable, unknownErrorRow } from './error-table.ts';
import { failureMessage, fillIn } from './failure-message.ts';
import { scrub } from './scrub.ts';

export type { AwsCallContext } from './aws-call-context.ts';

/**
 * A failed call to AWS, understood. The message is one line of at most 512 characters, free of secrets, that ends in
 * the next step. The cause is a scrubbed copy: the SDK's own error holds the request with its signed headers.
 */
export class AwsFailure extends Error {
  readonly kind: FailureKind;
  /** For the condition, CamelCase. */
  readonly reason: string;
  /** What AWS or the network called it, without the suffix `Exception`; `Unknown` if it had no name. */
  readonly code: string;
  readonly nextStep: string;
  readonly operation: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;

  constructor(row: ErrorRow, facts: AwsErrorFacts, context: AwsCallContext) {
    const code = facts.codes[0] ?? 'Unknown';
    const said = scrub(facts.message);
    const nextStep = fillIn(row.nextStep, context);
    const message = failureMessage({ context, said, code, requestId: facts.requestId, nextStep });
    super(message, { cause: scrubbedCause(code, said) });
    this.name = 'AwsFailure';
    this.kind = row.kind;
    this.reason = row.reason;
    this.code = code;
    this.nextStep = nextStep;
    this.operation = context.operation;
    this.httpStatus = facts.httpStatus;
    this.requestId = facts.requestId;
  }
}

/** Says what an error of an AWS call means. An AwsFailure is returned as it is, so that calls may nest. */
export function classifyAwsError(error: unknown, context: AwsCallContext): AwsFailure {
  if (error instanceof AwsFailure) return error;
  const chain = awsErrorFacts(error);
  for (const facts of chain) {
    const known = findRow(facts, context);
    if (known !== undefined) return new AwsFailure(known.row, { ...facts, codes: known.codes }, context);
  }
  return new AwsFailure(unknownErrorRow, chain[0], context);
}

/** The first row that matches, and the codes with the one that it matched in front. */
function findRow(
  facts: AwsErrorFacts,
  context: AwsCallContext,
): { row: ErrorRow; codes: readonly string[] } | undefined {
  for (const row of errorTable) {
    if (!conditionsHold(row, facts, context)) continue;
    if (row.codes === undefined) return { row, codes: facts.codes };
    const code = facts.codes.find((one) => row.codes?.includes(one));
    if (code !== undefined) return { row, codes: [code] };
  }
  return undefined;
}

function conditionsHold(row: ErrorRow, facts: AwsErrorFacts, context: AwsCallContext): boolean {
  const status = facts.httpStatus ?? 0;
  return (
    (row.operation === undefined || row.operation === context.operation) &&
    (row.message === undefined || row.message.test(facts.message)) &&
    (row.status === undefined || (status >= row.status[0] && status <= row.status[1])) &&
    (row.source === undefined || row.source === context.source) &&
    (row.freshToken === undefined || context.freshToken === true)
  );
}

function scrubbedCause(code: string, said: string): Error {
  const cause = new Error(said);
  cause.name = code;
  // Its stack would be that of this function, which tells nobody anything.
  cause.stack = `${code}: ${said}`;
  return cause;
}
