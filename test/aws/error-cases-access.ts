import type { ErrorCase } from './error-case.ts';

const webIdentity = 'sts:AssumeRoleWithWebIdentity';
const assumeRole = 'sts:AssumeRole';
const ecr = 'ecr:GetAuthorizationToken';
const ecrPublic = 'ecr-public:GetAuthorizationToken';
const fresh = { freshToken: true } as const;
const keys = { source: 'AccessKey' } as const;

/** Tokens and roles that AWS does not accept, and actions that it does not allow. */
export const accessCases: readonly ErrorCase[] = [
  [
    assumeRole,
    'AccessDenied',
    'User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: sts:TagSession on resource: arn:aws:iam::2:role/c',
    'terminal TagSessionDenied',
  ],
  [
    ecr,
    'Error',
    'Invalid Configuration: FIPS and custom endpoint are not supported',
    'terminal EndpointNotSupported',
  ],
  [
    ecr,
    'Error',
    'Invalid Configuration: Dualstack and custom endpoint are not supported',
    'terminal EndpointNotSupported',
  ],
  [
    webIdentity,
    'ExpiredTokenException',
    'Token expired: current date/time 2 must be before',
    'transient WebIdentityTokenExpired',
  ],
  [
    webIdentity,
    'ExpiredTokenException',
    'Token expired: current date/time 2 must be before',
    'transient ClockSkew',
    fresh,
  ],
  [
    webIdentity,
    'InvalidIdentityToken',
    'No OpenIDConnect provider found in your account',
    'terminal OIDCProviderMissing',
  ],
  [
    webIdentity,
    'InvalidIdentityTokenException',
    'No OpenIDConnect provider found',
    'terminal OIDCProviderMissing',
  ],
  [
    webIdentity,
    'InvalidIdentityTokenException',
    "Couldn't retrieve verification key from your identity provider",
    'transient OIDCKeysUnreachable',
  ],
  [webIdentity, 'InvalidIdentityTokenException', 'Incorrect token audience', 'terminal WrongAudience'],
  [
    webIdentity,
    'InvalidIdentityTokenException',
    "HTTPS certificate doesn't match configured thumbprint",
    'terminal OIDCThumbprintMismatch',
  ],
  [
    webIdentity,
    'InvalidIdentityTokenException',
    'Missing a required claim: sub',
    'terminal InvalidIdentityToken',
  ],
  [webIdentity, 'IDPCommunicationError', 'Timeout', 'transient OIDCProviderUnreachable'],
  [webIdentity, 'IDPCommunicationErrorException', 'Timeout', 'transient OIDCProviderUnreachable'],
  [webIdentity, 'IDPRejectedClaim', 'rejected', 'terminal IdentityClaimRejected'],
  [
    webIdentity,
    'AccessDenied',
    'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    'terminal TrustPolicyDenied',
  ],
  [
    webIdentity,
    'AccessDenied',
    'not authorized to perform: x with an explicit deny in a service control policy',
    'terminal ExplicitDeny',
  ],
  [
    assumeRole,
    'AccessDenied',
    'User: x is not authorized to perform: sts:AssumeRole on resource: y',
    'terminal AssumeRoleDenied',
  ],
  [assumeRole, 'RegionDisabledException', 'STS is not activated in this region', 'terminal RegionDisabled'],
  [assumeRole, 'OptInRequired', 'You are not subscribed', 'terminal RegionDisabled'],
  [
    assumeRole,
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    'terminal SessionDurationTooLong',
  ],
  [
    assumeRole,
    'ValidationError',
    'The requested DurationSeconds exceeds the 1 hour session limit',
    'terminal SessionDurationTooLong',
  ],
  [assumeRole, 'ValidationError', 'roleSessionName failed to satisfy constraint', 'terminal InvalidRequest'],
  [assumeRole, 'MalformedPolicyDocument', 'bad', 'terminal SessionPolicyRefused'],
  [assumeRole, 'PackedPolicyTooLarge', 'too large', 'terminal SessionPolicyRefused'],
  [
    assumeRole,
    'ExpiredToken',
    'The security token included in the request is expired',
    'transient SessionExpired',
  ],
  [
    ecr,
    'ExpiredTokenException',
    'The security token included in the request is expired',
    'transient SessionExpired',
  ],
  [
    ecr,
    'ExpiredTokenException',
    'The security token included in the request is expired',
    'terminal SessionTokenExpired',
    keys,
  ],
  [
    ecr,
    'AccessDeniedException',
    'User: x is not authorized to perform: ecr:GetAuthorizationToken on resource: *',
    'terminal GetAuthorizationTokenDenied',
  ],
  [
    ecr,
    'AccessDeniedException',
    'on resource: * with an explicit deny in an identity-based policy',
    'terminal ExplicitDeny',
  ],
  [
    ecr,
    'AccessDeniedException',
    'because no VPC endpoint policy allows the action',
    'terminal VPCEndpointPolicyDenied',
  ],
  [
    ecr,
    'AccessDeniedException',
    'because no permissions boundary allows the action',
    'terminal GuardrailDenied',
  ],
  [
    ecrPublic,
    'AccessDeniedException',
    'not authorized to perform: sts:GetServiceBearerToken',
    'terminal GetServiceBearerTokenDenied',
  ],
  [
    ecrPublic,
    'AccessDeniedException',
    'not authorized to perform: ecr-public:GetAuthorizationToken',
    'terminal GetAuthorizationTokenDenied',
  ],
  ['ecr:PutImage', 'AccessDeniedException', 'not authorized', 'terminal AccessDenied'],
];
