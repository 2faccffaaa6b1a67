import { describe, expect, it } from 'vitest';
import type { AwsCallContext } from '../../src/aws/aws-call-context.ts';
import { classifyAwsError } from '../../src/aws/errors.ts';
import { errorTable } from '../../src/aws/error-table.ts';

const webIdentity = 'sts:AssumeRoleWithWebIdentity';
const assumeRole = 'sts:AssumeRole';
const ecr = 'ecr:GetAuthorizationToken';
const ecrPublic = 'ecr-public:GetAuthorizationToken';
const fresh = { freshToken: true } as const;
const keys = { source: 'AccessKey' } as const;

type Row = readonly [
  operation: string,
  code: string,
  said: string,
  expected: string,
  more?: Partial<AwsCallContext>,
];

/** What AWS services say: operation, code, message, and what is to be made of it as `kind reason`. */
const serviceErrors: readonly Row[] = [
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
  [
    assumeRole,
    'InvalidClientTokenId',
    'The security token included in the request is invalid',
    'terminal InvalidAccessKey',
  ],
  [
    ecr,
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    'terminal InvalidAccessKey',
  ],
  [
    assumeRole,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match',
    'terminal InvalidSecretKey',
  ],
  [
    assumeRole,
    'SignatureDoesNotMatch',
    'Signature expired: 20260111T204052Z is now earlier than',
    'transient ClockSkew',
  ],
  [
    ecr,
    'InvalidSignatureException',
    'The request signature we calculated does not match',
    'terminal InvalidSecretKey',
  ],
  [
    ecr,
    'InvalidSignatureException',
    'Signature expired: 20260111T204052Z is now earlier than',
    'transient ClockSkew',
  ],
  [ecr, 'InvalidSignatureException', 'Signature not yet current: 20260111T204052Z', 'transient ClockSkew'],
  [ecr, 'RequestTimeTooSkewed', 'The difference is too large', 'transient ClockSkew'],
  [ecr, 'RequestInTheFuture', 'no', 'transient ClockSkew'],
  [ecr, 'RequestExpired', 'no', 'transient ClockSkew'],
  [ecr, 'AuthFailure', 'no', 'terminal InvalidSecretKey'],
  [ecr, 'IncompleteSignatureException', 'Authorization header requires', 'terminal MalformedKeys'],
  [ecr, 'MissingAuthenticationTokenException', 'Missing Authentication Token', 'terminal MalformedKeys'],
  [
    ecr,
    'CredentialsProviderError',
    'Could not load credentials from any providers',
    'transient NoOperatorCredentials',
  ],
  [ecr, 'TokenProviderError', 'no', 'transient NoOperatorCredentials'],
  [ecr, 'LimitExceededException', 'The operation did not succeed', 'terminal ServiceLimitExceeded'],
  [
    ecr,
    'ServerException',
    'These errors are usually caused by a server-side issue.',
    'transient AWSUnavailable',
  ],
  [ecr, 'InternalFailure', 'no', 'transient AWSUnavailable'],
  [ecr, 'ServiceUnavailable', 'no', 'transient AWSUnavailable'],
  [ecr, 'RequestTimeout', 'no', 'transient Timeout'],
  [ecr, 'RequestTimeoutException', 'no', 'transient Timeout'],
  [ecr, 'InvalidParameterException', 'Invalid parameter', 'terminal InvalidRequest'],
  [ecr, 'ValidationException', 'no', 'terminal InvalidRequest'],
  [ecr, 'UnknownOperationException', '', 'terminal WrongEndpoint'],
  [assumeRole, 'InvalidAction', '', 'terminal WrongEndpoint'],
  [ecr, 'SyntaxError', 'Unexpected token < in JSON', 'transient UnreadableAnswer'],
  [ecr, 'RepositoryNotFoundException', '', 'terminal RepositoryNotFound'],
  [ecr, 'ImageNotFoundException', '', 'terminal ImageNotFound'],
  [ecr, 'LayersNotFoundException', '', 'terminal ReferencedContentMissing'],
  [ecr, 'ReferencedImagesNotFoundException', '', 'terminal ReferencedContentMissing'],
  [ecr, 'ImageAlreadyExistsException', '', 'terminal ImageAlreadyExists'],
  [ecr, 'ImageTagAlreadyExistsException', '', 'terminal ImmutableTag'],
  [ecr, 'InvalidLayerException', '', 'terminal UploadRefused'],
  [ecr, 'InvalidLayerPartException', '', 'terminal UploadRefused'],
  [ecr, 'LayerPartTooSmallException', '', 'terminal UploadRefused'],
  [ecr, 'ImageDigestDoesNotMatchException', '', 'terminal UploadRefused'],
  [ecr, 'UploadNotFoundException', '', 'transient UploadLost'],
  [ecr, 'KmsException', '', 'terminal EncryptionKeyUnusable'],
  [ecr, 'BlockedByOrganizationPolicyException', '', 'terminal BlockedByOrganizationPolicy'],
  [ecr, 'UnableToGetUpstreamImageException', '', 'transient UpstreamUnavailable'],
  [ecr, 'UnableToGetUpstreamLayerException', '', 'transient UpstreamUnavailable'],
  [ecr, 'SomethingNewException', 'no row knows this', 'transient AWSError'],
];

const throttlingCodes = [
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'PriorRequestNotComplete',
  'TransactionInProgressException',
  'ProvisionedThroughputExceededException',
];

/** Errors of Node itself, which carry their name in `code`. */
const networkErrors: readonly (readonly [string, string])[] = [
  ['ENOTFOUND', 'EndpointNotResolved'],
  ['EAI_AGAIN', 'EndpointNotResolved'],
  ['ECONNREFUSED', 'EndpointUnreachable'],
  ['EHOSTUNREACH', 'EndpointUnreachable'],
  ['ENETUNREACH', 'EndpointUnreachable'],
  ['ECONNRESET', 'ConnectionLost'],
  ['EPIPE', 'ConnectionLost'],
  ['ETIMEDOUT', 'Timeout'],
  ['ABORT_ERR', 'Aborted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'TLSFailed'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLSFailed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLSFailed'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLSFailed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLSFailed'],
  ['CERT_HAS_EXPIRED', 'TLSFailed'],
  ['CERT_NOT_YET_VALID', 'TLSFailed'],
  ['EPROTO', 'TLSFailed'],
];

function classify(error: object, context: Partial<AwsCallContext> = {}): string {
  const { kind, reason } = classifyAwsError(error, { operation: ecr, region: 'eu-west-1', ...context });
  return `${kind} ${reason}`;
}

describe('the error table', () => {
  const serviceRows = serviceErrors.map(([operation, code, said, expected, more = {}]) => {
    return [operation, code, said, expected, more] as const;
  });

  it.each(serviceRows)('%s %s (%s): %s', (operation, name, message, expected, more) => {
    expect(classify(Object.assign(new Error(message), { name }), { operation, ...more })).toBe(expected);
  });

  it.each(throttlingCodes)('%s is throttling', (name) => {
    expect(classify(Object.assign(new Error('Rate exceeded'), { name }))).toBe('throttled Throttled');
  });

  it.each(networkErrors)('%s of the network is transient: %s', (code, reason) => {
    expect(classify(Object.assign(new Error('failed'), { code }))).toBe(`transient ${reason}`);
  });

  it.each([
    ['TimeoutError', 'transient Timeout'],
    ['AbortError', 'transient Aborted'],
  ])('%s of the SDK: %s', (name, expected) => {
    expect(classify(Object.assign(new Error('socket timed out'), { name }))).toBe(expected);
  });

  it.each([
    [429, 'throttled Throttled'],
    [500, 'transient AWSUnavailable'],
    [502, 'transient AWSUnavailable'],
    [503, 'transient AWSUnavailable'],
    [504, 'transient AWSUnavailable'],
    [418, 'transient AWSError'],
  ])('HTTP status %i without a known code: %s', (httpStatusCode, expected) => {
    expect(classify(Object.assign(new Error('no'), { name: 'Unknown', $metadata: { httpStatusCode } }))).toBe(
      expected,
    );
  });

  it('prefers a code to the HTTP status', () => {
    const error = Object.assign(new Error('no'), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 503 },
    });
    expect(classify(error)).toBe('terminal GetAuthorizationTokenDenied');
  });

  it('names codes without the suffix Exception, reasons in CamelCase, and next steps as sentences', () => {
    for (const row of errorTable) {
      for (const code of row.codes ?? []) expect(code).not.toMatch(/Exception$/);
      expect(row.reason).toMatch(/^[A-Z][A-Za-z0-9]+$/);
      expect(row.nextStep).toMatch(/^[A-Z].*\.$/);
      expect(row.nextStep.length).toBeLessThan(200);
      expect(row.codes ?? row.status).toBeDefined();
    }
  });

  it('has no row that a test above does not reach', () => {
    const seen = new Set<string>();
    for (const [operation, name, message, , more] of serviceErrors) {
      const error = Object.assign(new Error(message), { name });
      seen.add(classifyAwsError(error, { operation, region: 'eu-west-1', ...more }).reason);
    }
    for (const [code] of networkErrors)
      seen.add(classify(Object.assign(new Error(''), { code })).split(' ')[1] ?? '');
    const reasons = new Set(errorTable.map((row) => row.reason));
    expect([...reasons].filter((reason) => !seen.has(reason) && reason !== 'Throttled')).toEqual([]);
  });
});
