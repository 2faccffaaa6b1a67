import type { OciErrorRow } from './error-model.ts';

const noLogin = 'Give a login for exactly the host {host}: another spelling or region has another one.';
const refused = 'Fetch a new authorization token, in the region and partition that {host} names.';

/** For denials that do not tell which policy decided: then it was not the one that gave the authorization token. */
const undecided =
  'Allow {action} on repository {repository}: in the policy of the repository if it is in another account, and in a ' +
  'policy of this identity.';

/** Logins that a registry does not take. ECR says in prose what its code, DENIED for all of them, does not tell. */
export const loginRows: readonly OciErrorRow[] = [
  {
    // Comes with 401 and with 403: only the text tells.
    message: /authorization token has expired/i,
    kind: 'transient',
    reason: 'TokenExpired',
    nextStep: 'Fetch a new authorization token; if there was one just now, check the clock of the node.',
  },
  {
    message: /authorization token is invalid/i,
    kind: 'terminal',
    reason: 'TokenInvalid',
    nextStep: 'Use a token of the kind of registry that {host} is: ECR and ECR Public have different ones.',
  },
  {
    status: [401, 401],
    anonymous: true,
    kind: 'terminal',
    reason: 'NoCredentials',
    nextStep: noLogin,
  },
  {
    message: /no basic auth credentials/i,
    kind: 'terminal',
    reason: 'NoCredentials',
    nextStep: noLogin,
  },
  {
    status: [401, 401],
    kind: 'terminal',
    reason: 'LoginRefused',
    nextStep: refused,
  },
];

/** Logins that are good, and may not do this. */
export const denialRows: readonly OciErrorRow[] = [
  {
    permission: 'resource',
    explicit: true,
    kind: 'terminal',
    reason: 'RepositoryPolicyDenies',
    nextStep:
      'Remove the Deny for {action} from the policy of repository {repository} or of its registry; ' +
      'no Allow can outweigh it.',
  },
  {
    permission: 'resource',
    kind: 'terminal',
    reason: 'RepositoryPolicyMissing',
    nextStep:
      'Allow {action} for this identity in the policy of repository {repository}: across accounts, an identity policy ' +
      'alone is not enough.',
  },
  {
    permission: 'VPC endpoint',
    kind: 'terminal',
    reason: 'VPCEndpointPolicyDenied',
    nextStep: 'Allow {action} in the policy of the VPC endpoint that the request goes through.',
  },
  {
    permission: 'guardrail',
    kind: 'terminal',
    reason: 'GuardrailDenied',
    nextStep: 'Allow {action} in the organization, session or boundary policy that AWS names.',
  },
  {
    permission: 'identity',
    explicit: true,
    kind: 'terminal',
    reason: 'IdentityPolicyDenies',
    nextStep: 'Remove the Deny for {action} from the policies of this identity; no Allow can outweigh it.',
  },
  {
    permission: 'identity',
    kind: 'terminal',
    reason: 'IdentityPolicyMissing',
    nextStep:
      'Allow {action} on repository {repository} in a policy of this identity or, in the same account, of the repository.',
  },
  {
    operation: 'ping',
    status: [403, 403],
    kind: 'terminal',
    reason: 'LoginRefused',
    nextStep: refused,
  },
  { codes: ['DENIED'], kind: 'terminal', reason: 'AccessDenied', nextStep: undecided },
  { status: [403, 403], kind: 'terminal', reason: 'AccessDenied', nextStep: undecided },
];
