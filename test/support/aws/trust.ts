import { matchesGlob } from './glob.ts';
import type { Principal } from './principal.ts';
import type { Claims } from './web-identity.ts';

/** One statement of a role's trust policy. */
export type TrustStatement =
  | {
      /** Service accounts of a cluster: `system:serviceaccount:<namespace>:<name>`, `*` allowed. */
      readonly kind: 'web-identity';
      readonly subjects: readonly string[];
      /** The `aud` condition; without it any audience of the OIDC provider passes. */
      readonly audience?: string;
      /** The provider; without it any provider of the account passes. */
      readonly issuer?: string;
    }
  | {
      /** ARNs of users, roles or role sessions, `arn:...:root` or a bare account id for a whole account; `*` allowed. */
      readonly kind: 'principal';
      readonly arns: readonly string[];
      readonly externalId?: string;
      /** Also allows sts:TagSession, without which a call that passes tags is refused. */
      readonly tagSession?: boolean;
    };

/** True when a statement lets the subject of a verified web-identity token in. */
export function trustsWebIdentity(trust: readonly TrustStatement[], claims: Claims): boolean {
  return trust.some(
    (statement) =>
      statement.kind === 'web-identity' &&
      (statement.issuer === undefined || statement.issuer === claims.issuer) &&
      (statement.audience === undefined || claims.audiences.includes(statement.audience)) &&
      statement.subjects.some((pattern) => matchesGlob(pattern, claims.subject)),
  );
}

/**
 * How a trust policy answers sts:AssumeRole. `trusted` by name is enough inside one account; `trusted-account` leaves
 * the choice to the identity policies of that account.
 */
export type TrustDecision = 'trusted' | 'trusted-account' | 'not-trusted' | 'tags-not-allowed';

/** What sts:AssumeRole says about itself that a trust policy can look at. */
export interface AssumeRoleContext {
  readonly externalId: string | undefined;
  readonly hasTags: boolean;
}

/** Decides sts:AssumeRole for a caller; the session of a role counts as the role too. */
export function trustsPrincipal(
  trust: readonly TrustStatement[],
  caller: Principal,
  { externalId, hasTags }: AssumeRoleContext,
): TrustDecision {
  const account = [`arn:${caller.partition}:iam::${caller.account}:root`, caller.account];
  const names = caller.roleArn === undefined ? [caller.arn] : [caller.arn, caller.roleArn];
  const decisions = trust.map((statement): TrustDecision => {
    if (statement.kind !== 'principal') return 'not-trusted';
    if (statement.externalId !== undefined && statement.externalId !== externalId) return 'not-trusted';
    const byName = statement.arns.some((pattern) => names.some((name) => matchesGlob(pattern, name)));
    if (!byName && !statement.arns.some((arn) => account.includes(arn))) return 'not-trusted';
    if (hasTags && statement.tagSession !== true) return 'tags-not-allowed';
    return byName ? 'trusted' : 'trusted-account';
  });
  const byPreference: readonly TrustDecision[] = ['trusted', 'trusted-account', 'tags-not-allowed'];
  return byPreference.find((decision) => decisions.includes(decision)) ?? 'not-trusted';
}
