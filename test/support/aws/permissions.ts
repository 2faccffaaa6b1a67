import { matchesGlob } from './glob.ts';

/** Actions such as `ecr:GetAuthorizationToken` or `ecr:*` that a principal may, and may never, perform. */
export interface Policy {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export type Decision = 'allowed' | 'not-allowed' | 'denied';

/** An explicit deny wins over every allow; what no statement names is not allowed. */
export function decide(policy: Policy, action: string): Decision {
  const named = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matchesGlob(pattern, action, { ignoreCase: true }));
  if (named(policy.deny)) return 'denied';
  return named(policy.allow) ? 'allowed' : 'not-allowed';
}

/** AWS's sentence for a decision that is not `allowed`, with the kind of policy that decided. */
export function denialMessage(
  principalArn: string,
  action: string,
  resource: string,
  decision: Exclude<Decision, 'allowed'>,
  policy: 'identity' | 'resource' = 'identity',
): string {
  const why =
    decision === 'denied'
      ? `with an explicit deny in ${policy === 'identity' ? 'an' : 'a'} ${policy}-based policy`
      : `because no ${policy}-based policy allows the ${action} action`;
  return `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
