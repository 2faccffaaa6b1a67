import type { Permission } from './denial.ts';

/**
 * `terminal`: someone must change something, trying again as it is cannot help. `transient`: trying again may help.
 * `throttled`: trying again helps, but slower.
 */
export type FailureKind = 'terminal' | 'transient' | 'throttled';

/** What a client is asked to do. `token`: it asks the token service of a registry for a Bearer token. */
export type OciOperation =
  'ping' | 'headManifest' | 'listTags' | 'headBlob' | 'startUpload' | 'cancelUpload' | 'token';

/** Which request failed. */
export interface OciCall {
  readonly operation: OciOperation;
  /** Without user info; with a port, if it has one. */
  readonly host: string;
  readonly repository?: string | undefined;
  /** Tag or digest. */
  readonly reference?: string | undefined;
  /** There is no login to send. */
  readonly anonymous?: boolean;
}

/** What came back instead of a success; free of logins. */
export interface OciErrorFacts {
  /** As the registry, Node or this client names it. */
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** What the registry or the network said. */
  readonly said: string;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Facts on the way from where they are found to where they are understood. Never leaves this room. */
export class OciProblem extends Error {
  override readonly name = 'OciProblem';
  readonly facts: OciErrorFacts;

  constructor(facts: OciErrorFacts) {
    super(facts.said);
    this.facts = facts;
  }
}

/** One row of the error table. It matches if every condition that it has holds; the first row that matches decides. */
export interface OciErrorRow {
  /** Error codes of the OCI distribution API, of Node or of this client; absent: any. */
  readonly codes?: readonly string[];
  /** HTTP status, from and to, both included. */
  readonly status?: readonly [number, number];
  readonly message?: RegExp;
  readonly operation?: OciOperation;
  /** The kind of policy that AWS names. */
  readonly permission?: Permission;
  /** True: only if a policy says Deny. */
  readonly explicit?: true;
  /** True: only if there was no login to send. */
  readonly anonymous?: true;

  readonly kind: FailureKind;
  /** CamelCase. */
  readonly reason: string;
  /** What the reader does now: a sentence. `{host}`, `{repository}` and `{action}` are filled in. */
  readonly nextStep: string;
}
