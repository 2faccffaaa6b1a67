/**
 * `terminal`: someone must change something, trying again as it is cannot help. `transient`: trying again may help.
 * `throttled`: trying again helps, but slower.
 */
export type FailureKind = 'terminal' | 'transient' | 'throttled';

/** Where an identity's credentials come from, as `spec.credentials.source` names it. */
export type CredentialSource = 'ServiceAccount' | 'AccessKey' | 'Operator';

/** One row of the error table. It matches if every condition that it has holds; the first row that matches decides. */
export interface ErrorRow {
  /** Error codes without the suffix `Exception`; absent: any code. */
  readonly codes?: readonly string[];
  /** `service:Operation`; absent: any. */
  readonly operation?: string;
  readonly message?: RegExp;
  /** HTTP status, from and to, both included. */
  readonly status?: readonly [number, number];
  readonly source?: CredentialSource;
  /** True: only if the web identity token was made for this very call. */
  readonly freshToken?: true;

  readonly kind: FailureKind;
  /** The reason of the condition, CamelCase. */
  readonly reason: string;
  /**
   * What the reader does now: a sentence. `{region}`, `{role}`, `{subject}`, `{hop}`, `{sub}`, `{audience}`, `{issuer}`
   * and `{operation}` are filled in, with general words where the caller did not say.
   */
  readonly nextStep: string;
}
