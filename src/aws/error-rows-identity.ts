import type { ErrorRow } from './error-row.ts';

const webIdentity = 'sts:AssumeRoleWithWebIdentity';
const assumeRole = 'sts:AssumeRole';

/** What STS says about the web identity token. */
const tokenRows: readonly ErrorRow[] = [
  {
    codes: ['ExpiredToken'],
    operation: webIdentity,
    freshToken: true,
    kind: 'transient',
    reason: 'ClockSkew',
    nextStep:
      'The token was made for this call: compare the clocks of the control plane nodes with real time.',
  },
  {
    codes: ['ExpiredToken'],
    operation: webIdentity,
    kind: 'transient',
    reason: 'WebIdentityTokenExpired',
    nextStep:
      'A new service account token is requested; if this repeats, check the clocks of the control plane nodes.',
  },
  {
    codes: ['InvalidIdentityToken'],
    message: /No OpenIDConnect provider found/i,
    kind: 'terminal',
    reason: 'OIDCProviderMissing',
    nextStep: 'Create an IAM OIDC identity provider for {issuer} in the account of {role}.',
  },
  {
    codes: ['InvalidIdentityToken'],
    message: /verification key/i,
    kind: 'transient',
    reason: 'OIDCKeysUnreachable',
    nextStep: 'STS could not read the keys of {issuer}; if this lasts, check that its jwks_uri is public.',
  },
  {
    codes: ['InvalidIdentityToken'],
    message: /audience/i,
    kind: 'terminal',
    reason: 'WrongAudience',
    nextStep: 'Add {audience} to the audiences (client ids) of the IAM OIDC provider of {issuer}.',
  },
  {
    codes: ['InvalidIdentityToken'],
    message: /thumbprint/i,
    kind: 'terminal',
    reason: 'OIDCThumbprintMismatch',
    nextStep: 'Update the thumbprints of the IAM OIDC provider of {issuer}.',
  },
  {
    codes: ['InvalidIdentityToken'],
    kind: 'terminal',
    reason: 'InvalidIdentityToken',
    nextStep: 'Check that the IAM OIDC provider in the account of {role} is the one of {issuer}.',
  },
  {
    codes: ['IDPCommunicationError'],
    kind: 'transient',
    reason: 'OIDCProviderUnreachable',
    nextStep: 'STS could not reach {issuer}; if this lasts, check that it answers from the internet.',
  },
  {
    codes: ['IDPRejectedClaim'],
    kind: 'terminal',
    reason: 'IdentityClaimRejected',
    nextStep: 'Check the IAM OIDC provider of {issuer} and that {subject} still exists.',
  },
];

/** Who may assume which role, and for how long. */
const roleRows: readonly ErrorRow[] = [
  {
    codes: ['AccessDenied'],
    operation: webIdentity,
    kind: 'terminal',
    reason: 'TrustPolicyDenied',
    nextStep:
      'Let the trust policy of {role} allow sts:AssumeRoleWithWebIdentity to the OIDC provider of {issuer} with ' +
      'sub {sub} and aud {audience}.',
  },
  {
    codes: ['AccessDenied'],
    operation: assumeRole,
    kind: 'terminal',
    reason: 'AssumeRoleDenied',
    nextStep:
      'At {hop}, {role} must trust the caller (with the same sts:ExternalId, if its trust policy asks for one) and ' +
      'the caller must be allowed sts:AssumeRole on it.',
  },
  {
    codes: ['RegionDisabled', 'OptInRequired'],
    kind: 'terminal',
    reason: 'RegionDisabled',
    nextStep: 'Enable region {region} (and STS in it) in the account of {role}, or use another region.',
  },
  {
    codes: ['ValidationError'],
    message: /MaxSessionDuration|DurationSeconds exceeds/i,
    kind: 'terminal',
    reason: 'SessionDurationTooLong',
    nextStep:
      'Lower durationSeconds of {hop} (3600 at most in a role chain), or raise MaxSessionDuration of {role}.',
  },
  {
    codes: ['MalformedPolicyDocument', 'PackedPolicyTooLarge'],
    kind: 'terminal',
    reason: 'SessionPolicyRefused',
    nextStep: 'Make the session policy or the session tags of {hop} valid and shorter.',
  },
];

/** What AWS says about the credentials that signed a request. */
const keyRows: readonly ErrorRow[] = [
  {
    codes: ['ExpiredToken', 'RequestExpired'],
    source: 'AccessKey',
    kind: 'terminal',
    reason: 'SessionTokenExpired',
    nextStep:
      'Put a new key pair and sessionToken into the Secret of {subject}, or a key pair that needs none.',
  },
  {
    codes: ['ExpiredToken'],
    kind: 'transient',
    reason: 'SessionExpired',
    nextStep: 'A new role session is requested.',
  },
  {
    codes: ['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'],
    kind: 'transient',
    reason: 'ClockSkew',
    nextStep: 'Set the clock of the node that runs the operator (NTP).',
  },
  {
    codes: ['SignatureDoesNotMatch', 'InvalidSignature', 'AuthFailure'],
    message: /Signature expired|Signature not yet current/i,
    kind: 'transient',
    reason: 'ClockSkew',
    nextStep: 'Set the clock of the node that runs the operator (NTP).',
  },
  {
    codes: ['SignatureDoesNotMatch', 'InvalidSignature', 'AuthFailure'],
    kind: 'terminal',
    reason: 'InvalidSecretKey',
    nextStep:
      'Check the secret access key of {subject}: it does not belong to the access key id, or is cut or padded.',
  },
  {
    codes: ['InvalidClientTokenId', 'UnrecognizedClient', 'InvalidAccessKeyId'],
    kind: 'terminal',
    reason: 'InvalidAccessKey',
    nextStep:
      'Check that the access key of {subject} exists, is active and of the right partition, and that region {region} ' +
      'is enabled in its account.',
  },
  {
    codes: ['IncompleteSignature', 'MissingAuthenticationToken'],
    kind: 'terminal',
    reason: 'MalformedKeys',
    nextStep: 'Check the access key of {subject} for spaces, line breaks and missing characters.',
  },
  {
    codes: ['CredentialsProviderError', 'ProviderError', 'TokenProviderError'],
    kind: 'transient',
    reason: 'NoOperatorCredentials',
    nextStep:
      'Give the operator an identity: IRSA on its service account, EKS Pod Identity, or AWS_* variables.',
  },
];

/** Rows about who is calling: tokens, roles, keys. */
export const identityRows: readonly ErrorRow[] = [...tokenRows, ...roleRows, ...keyRows];
