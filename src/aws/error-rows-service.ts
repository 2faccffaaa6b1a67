import type { ErrorRow } from './error-row.ts';

const slowDown = 'Nothing: the operator calls less often until AWS answers again.';

/** What the SDK itself refuses before anything is sent. */
export const configurationRows: readonly ErrorRow[] = [
  {
    message: /(?:FIPS|Dual-?stack) and custom endpoint are not supported/i,
    kind: 'terminal',
    reason: 'EndpointNotSupported',
    nextStep:
      'Remove AWS_ENDPOINT_URL_ECR or AWS_ENDPOINT_URL from the environment of the operator, or the FIPS and DualStack ' +
      'forms from endpoints: the SDK cannot have both.',
  },
];

/** Too many calls, as either list of the AWS SDKs or an HTTP status names it. */
export const throttlingRows: readonly ErrorRow[] = [
  {
    codes: [
      'Throttling',
      'Throttled',
      'ThrottledRequest',
      'RequestThrottled',
      'TooManyRequests',
      'RequestLimitExceeded',
      'SlowDown',
      'BandwidthLimitExceeded',
      'EC2Throttled',
      'PriorRequestNotComplete',
      'TransactionInProgress',
      'ProvisionedThroughputExceeded',
    ],
    kind: 'throttled',
    reason: 'Throttled',
    nextStep: slowDown,
  },
  {
    // The SDKs take the name for throttling and retry it; ECR means a quota.
    codes: ['LimitExceeded'],
    kind: 'terminal',
    reason: 'ServiceLimitExceeded',
    nextStep: 'Ask AWS for a higher service quota in {region}, or remove what is no longer needed.',
  },
  { status: [429, 429], kind: 'throttled', reason: 'Throttled', nextStep: slowDown },
];

/** Requests that AWS does not understand, and faults on its side. */
export const serviceRows: readonly ErrorRow[] = [
  {
    codes: [
      'InvalidParameter',
      'InvalidParameterValue',
      'ValidationError',
      'Validation',
      'MalformedQueryString',
    ],
    kind: 'terminal',
    reason: 'InvalidRequest',
    nextStep: 'Correct the field that AWS names.',
  },
  {
    codes: ['UnknownOperation', 'InvalidAction'],
    kind: 'terminal',
    reason: 'WrongEndpoint',
    nextStep: 'Check the endpoint settings (AWS_ENDPOINT_URL*): another service answers there.',
  },
  {
    codes: ['RequestTimeout'],
    kind: 'transient',
    reason: 'Timeout',
    nextStep: 'It is tried again; if this lasts, check the network to AWS in {region}.',
  },
  {
    codes: ['Server', 'InternalFailure', 'InternalError', 'InternalServerError', 'ServiceUnavailable'],
    kind: 'transient',
    reason: 'AWSUnavailable',
    nextStep: 'It is tried again; if this lasts, look at the AWS Health dashboard for {region}.',
  },
  {
    status: [500, 599],
    kind: 'transient',
    reason: 'AWSUnavailable',
    nextStep: 'It is tried again; if this lasts, look at the AWS Health dashboard for {region}.',
  },
  {
    codes: ['SyntaxError'],
    kind: 'transient',
    reason: 'UnreadableAnswer',
    nextStep: 'It is tried again; if this lasts, a proxy on the way may be answering instead of AWS.',
  },
];
