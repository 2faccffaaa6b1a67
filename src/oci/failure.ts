import { parseDenial, type Permission } from './denial.ts';
import {
  OciProblem,
  type FailureKind,
  type OciCall,
  type OciErrorFacts,
  type OciOperation,
} from './error-model.ts';
import { findRow } from './error-table.ts';
import { failureMessage, fillIn, oneLine } from './failure-message.ts';

/**
 * A failed request to a registry, understood. The message is one line of at most 900 characters that ends in the next
 * step. Nothing in it, nor in its cause, shows a login.
 */
export class OciFailure extends Error {
  override readonly name = 'OciFailure';
  /** The step that failed; `token` when a registry took no login because its token service did not. */
  readonly operation: OciOperation;
  readonly kind: FailureKind;
  /** CamelCase: one for each cause that somebody mends in another way. */
  readonly reason: string;
  /** As the registry, Node or this client names it: `DENIED`, `ECONNREFUSED`, `TIMEOUT`; `HTTP_<status>` without a name. */
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly nextStep: string;
  /** The kind of policy that denied, where AWS tells: of the identity, or of the resource (the repository). */
  readonly permission: Permission | undefined;
  /** The action that was denied, where AWS tells: `ecr:BatchGetImage`. */
  readonly action: string | undefined;
  readonly requestId: string | undefined;
  /** How long the registry asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(facts: OciErrorFacts, call: OciCall, cause?: unknown) {
    const denial = parseDenial(facts.said);
    const row = findRow(facts, call, denial);
    const nextStep = fillIn(row.nextStep, call, denial.action);
    super(failureMessage(call, facts, nextStep), cause === undefined ? {} : { cause });
    this.operation = call.operation;
    this.kind = row.kind;
    this.reason = row.reason;
    this.code = oneLine(facts.code, 60);
    this.status = facts.status;
    this.nextStep = nextStep;
    this.permission = denial.permission;
    this.action = denial.action;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** Says what an error of a request means. An OciFailure is returned as it is, so that calls may nest. */
export function classifyOciError(error: unknown, call: OciCall): OciFailure {
  if (error instanceof OciFailure) return error;
  if (error instanceof OciProblem) return new OciFailure(error.facts, call);
  return new OciFailure({ code: codeOf(error), status: 0, said: saidBy(error) }, call, error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** Node's AggregateError (all addresses of a name failed) has an empty message. */
function saidBy(error: unknown): string {
  return error instanceof Error ? error.message || codeOf(error) : 'something that is no error was thrown';
}
