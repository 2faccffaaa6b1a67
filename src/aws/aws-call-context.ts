import type { CredentialSource } from './error-row.ts';

/** What the caller was doing when AWS or the network failed it. */
export interface AwsCallContext {
  /** `service:Operation` as IAM spells actions, such as `sts:AssumeRoleWithWebIdentity`. */
  readonly operation: string;
  readonly region: string;
  readonly roleArn?: string | undefined;
  /** Whose call it is, such as `service account ci/builder`; follows from `serviceAccount` if that is given. */
  readonly subject?: string | undefined;
  readonly serviceAccount?: { readonly namespace: string; readonly name: string } | undefined;
  /** Issuer URL and audience of the web identity token. */
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** Index in `spec.credentials.assumeRoles`, from 0. */
  readonly hop?: number | undefined;
  readonly source?: CredentialSource | undefined;
  /** True if the web identity token was made for this very call, so that it cannot be old. */
  readonly freshToken?: boolean | undefined;
}
