import { AuthorizationRefused } from './authorization-token.ts';
import { AwsFailure } from './errors.ts';
import type { FailureKind } from './error-row.ts';

/** Why there is no token, in the words of a condition. */
export interface Failure {
  readonly kind: FailureKind;
  /** CamelCase, for the condition. */
  readonly reason: string;
  /** Names what failed and the next step; holds no secret. */
  readonly message: string;
  /** The end of the message, where it says what to do. */
  readonly nextStep?: string | undefined;
}

/** A failure on the way to AWS: no web-identity token, no keys in the Secret. */
export class CredentialFailure extends Error implements Failure {
  override readonly name = 'CredentialFailure';
  readonly kind: FailureKind;
  readonly reason: string;
  readonly nextStep: string | undefined;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.kind = failure.kind;
    this.reason = failure.reason;
    this.nextStep = failure.nextStep;
  }
}

/** The failure that an error is, or undefined for one that nobody foresaw. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof AwsFailure || error instanceof CredentialFailure) return error;
  if (error instanceof AuthorizationRefused) {
    return { kind: 'transient', reason: 'AnswerRefused', message: `${error.message}. It is asked again.` };
  }
  return undefined;
}
