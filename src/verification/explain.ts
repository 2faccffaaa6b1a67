import { partsOf, type Stall } from '../api/reasons.ts';
import { AwsFailure } from '../aws/errors.ts';
import { failureOf } from '../aws/failure.ts';
import { errorChain } from '../base/error-chain.ts';
import { OciFailure } from '../oci/failure.ts';

/** Why a stage failed, in the words of a status. Holds no secret. */
export interface Explanation {
  /** Of the condition, CamelCase. */
  readonly reason: string;
  /** Without the next step. */
  readonly message: string;
  readonly code?: string;
  readonly requestId?: string;
  readonly nextStep?: string;
}

/** A stage that fails since the cluster is not as it should be: nothing was asked of anybody. */
export class StallError extends Error {
  override readonly name = 'StallError';
  readonly stall: Stall;

  constructor(stall: Stall) {
    super(stall.message);
    this.stall = stall;
  }
}

/** A verification that takes too long as a whole. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

/** Says what an error of a stage means. */
export function explain(error: unknown): Explanation {
  if (error instanceof StallError) {
    const { what, nextStep } = partsOf(error.stall);
    return { reason: error.stall.reason, message: what, nextStep };
  }
  if (error instanceof AwsFailure || error instanceof OciFailure) {
    const { reason, message, code, requestId, nextStep } = error;
    const id = requestId === undefined ? {} : { requestId };
    const said = withoutEnd(message, nextStep) + whoDecided(error);
    return { reason, message: said, code, ...id, nextStep };
  }
  const failure = failureOf(error);
  if (failure !== undefined) {
    const { reason, message, nextStep } = failure;
    const todo = nextStep === undefined ? {} : { nextStep };
    return { reason, message: withoutEnd(message, nextStep), ...todo };
  }
  if (error instanceof TooLongError) return { reason: 'Timeout', message: error.message, nextStep: tryAgain };
  return { reason: 'Unexpected', message: errorChain(error), nextStep: tryAgain };
}

const tryAgain = 'Try again; if this lasts, look into the log of the operator.';

/** Behind the words of AWS, which are cut where they are long, and say this last. */
const deciders = {
  identity: 'An identity-based policy decided: one of the caller',
  resource: 'A resource-based policy decided: that of the repository or of its registry',
  'VPC endpoint': 'The policy of a VPC endpoint decided',
  guardrail: 'A policy of the organization, the session or a boundary decided',
} as const;

function whoDecided(error: AwsFailure | OciFailure): string {
  if (error instanceof AwsFailure || error.permission === undefined) return '';
  return ` ${deciders[error.permission]}.`;
}

function withoutEnd(message: string, end = ''): string {
  return message.endsWith(end) ? message.slice(0, message.length - end.length).trimEnd() : message;
}
