import { matchesGlob } from '../glob.ts';
import { decide, denialMessage, type Policy } from '../permissions.ts';
import type { Principal } from '../principal.ts';
import { RegistryError } from './errors.ts';

/** A statement of a repository's policy: what these principals may do, or may never do. */
export interface RepositoryStatement {
  readonly effect: 'Allow' | 'Deny';
  /** ARN of a user or role, with `*` for any characters. */
  readonly principal: string;
  /** Such as `ecr:BatchGetImage` or `ecr:*`. */
  readonly actions: readonly string[];
}

/** What somebody wants to do to a repository. */
export interface Access {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** The account of the repository; `public` for ECR Public. */
  readonly account: string;
  readonly repositoryPolicy: readonly RepositoryStatement[];
  readonly identityPolicy: Policy;
}

/**
 * Throws RegistryError (403) in AWS's words unless the policies allow it. In one account the policy of the identity or that
 * of the repository is enough; across accounts both have to allow.
 */
export function requireAccess({ principal, action, resource, ...access }: Access): void {
  const identity = decide(access.identityPolicy, action);
  const repository = decide(policyFor(principal, access.repositoryPolicy), action);
  const deny = (decision: 'denied' | 'not-allowed', policy: 'identity' | 'resource'): never => {
    const message = denialMessage(principal.arn, action, resource, decision, policy);
    throw new RegistryError(403, 'DENIED', message);
  };
  if (identity === 'denied') deny('denied', 'identity');
  if (repository === 'denied') deny('denied', 'resource');
  const isForeign = access.account !== 'public' && access.account !== principal.account;
  if (isForeign && identity === 'allowed' && repository !== 'allowed') deny('not-allowed', 'resource');
  if (identity !== 'allowed' && (isForeign || repository !== 'allowed')) deny('not-allowed', 'identity');
}

/** The statements about one principal, named by itself or by its role. */
function policyFor({ arn, roleArn = arn }: Principal, statements: readonly RepositoryStatement[]): Policy {
  const mine = statements.filter((one) => [arn, roleArn].some((name) => matchesGlob(one.principal, name)));
  const actionsOf = (effect: 'Allow' | 'Deny'): readonly string[] =>
    mine.filter((one) => one.effect === effect).flatMap(({ actions }) => actions);
  return { allow: actionsOf('Allow'), deny: actionsOf('Deny') };
}
