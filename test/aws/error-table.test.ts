import { describe, expect, it } from 'vitest';
import type { AwsCallContext } from '../../src/aws/aws-call-context.ts';
import { classifyAwsError } from '../../src/aws/errors.ts';
import { errorTable } from '../../src/aws/error-table.ts';
import { accessCases } from './error-cases-access.ts';
import { serviceCases } from './error-cases-service.ts';

const ecr = 'ecr:GetAuthorizationToken';
const serviceErrors = [...accessCases, ...serviceCases];

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
      expect(row.codes ?? row.status ?? row.message).toBeDefined();
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
