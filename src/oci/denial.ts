/** The kind of policy that decided, as AWS tells it. `guardrail`: of the organization, the session, or a boundary. */
export type Permission = 'identity' | 'resource' | 'VPC endpoint' | 'guardrail';

/** What AWS says in a denial. Members are undefined where the text does not tell. */
export interface Denial {
  /** E.g. `ecr:InitiateLayerUpload`. */
  readonly action: string | undefined;
  /** The policy that denies, or that would have to allow. */
  readonly permission: Permission | undefined;
  /** A policy says Deny; otherwise no policy says Allow. */
  readonly explicit: boolean;
}

const permissions: Readonly<Record<string, Permission>> = {
  'identity-based': 'identity',
  'resource-based': 'resource',
  'vpc endpoint': 'VPC endpoint',
  'service control': 'guardrail',
  'resource control': 'guardrail',
  session: 'guardrail',
  'permissions boundary': 'guardrail',
};

const deniedAction = /not authorized to perform:? ([a-z][a-z0-9-]{0,40}:[A-Za-z]{1,80})\b/;

/** "permissions boundary allows" has no `policy` in it, all others have. */
const decision = new RegExp(
  `\\b(with an explicit deny in an?|because no) (${Object.keys(permissions).join('|')})\\b`,
  'i',
);

/**
 * Reads a sentence such as `User: <arn> is not authorized to perform: <action> on resource: <arn> because no
 * resource-based policy allows the <action> action`.
 */
export function parseDenial(text: string): Denial {
  const [, , policy = ''] = decision.exec(text) ?? [];
  return {
    action: deniedAction.exec(text)?.[1],
    permission: permissions[policy.toLowerCase()],
    explicit: /with an explicit deny/i.test(text),
  };
}
