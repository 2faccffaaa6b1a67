import type { ErrorRow } from './error-row.ts';

/** Denials that name the kind of policy that decided: more telling than the operation, so they come first. */
export const deniedByPolicyRows: readonly ErrorRow[] = [
  {
    codes: ['AccessDenied'],
    message: /with an explicit deny/i,
    kind: 'terminal',
    reason: 'ExplicitDeny',
    nextStep: 'Remove the Deny for {operation} from the policy that AWS names; no Allow can outweigh it.',
  },
  {
    codes: ['AccessDenied'],
    message: /no VPC endpoint policy allows/i,
    kind: 'terminal',
    reason: 'VPCEndpointPolicyDenied',
    nextStep: 'Allow {operation} in the policy of the VPC endpoint that the operator goes through.',
  },
  {
    codes: ['AccessDenied'],
    message:
      /no (?:service control policy|resource control policy|permissions boundary|session policy) allows/i,
    kind: 'terminal',
    reason: 'GuardrailDenied',
    nextStep:
      'Allow {operation} in the organization policy, permissions boundary or session policy that AWS names.',
  },
];

/** Denials of an action that a call needs besides its own. */
export const deniedBesidesRows: readonly ErrorRow[] = [
  {
    codes: ['AccessDenied'],
    operation: 'sts:AssumeRole',
    message: /sts:TagSession/,
    kind: 'terminal',
    reason: 'TagSessionDenied',
    nextStep:
      'Let the trust policy of {role} allow sts:TagSession beside sts:AssumeRole, or remove the tags of {hop}.',
  },
];

/** Denials by operation, for an identity whose policies just do not allow it. */
export const deniedByOperationRows: readonly ErrorRow[] = [
  {
    codes: ['AccessDenied'],
    operation: 'ecr:GetAuthorizationToken',
    kind: 'terminal',
    reason: 'GetAuthorizationTokenDenied',
    nextStep:
      'Allow ecr:GetAuthorizationToken on resource * in an identity policy, such as ' +
      'AmazonEC2ContainerRegistryPullOnly or AmazonEC2ContainerRegistryPowerUser; a repository policy cannot.',
  },
  {
    codes: ['AccessDenied'],
    operation: 'ecr-public:GetAuthorizationToken',
    message: /sts:GetServiceBearerToken/,
    kind: 'terminal',
    reason: 'GetServiceBearerTokenDenied',
    nextStep: 'ECR Public needs a second action: allow sts:GetServiceBearerToken on resource * too.',
  },
  {
    codes: ['AccessDenied'],
    operation: 'ecr-public:GetAuthorizationToken',
    kind: 'terminal',
    reason: 'GetAuthorizationTokenDenied',
    nextStep:
      'Allow ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken on resource *, as in ' +
      'AmazonElasticContainerRegistryPublicReadOnly.',
  },
  {
    codes: ['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized'],
    kind: 'terminal',
    reason: 'AccessDenied',
    nextStep: 'Allow {operation} in a policy of {subject}.',
  },
];
