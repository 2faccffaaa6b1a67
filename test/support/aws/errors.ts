import type { Service } from './api-request.ts';

/** An answer of AWS that is not a success; `code` is the code on the wire. */
export class AwsError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'AwsError';
    this.status = status;
    this.code = code;
  }
}

/** What can be wrong with the signature of a request. */
export type SigningProblem = 'missing' | 'unknown-key' | 'bad-signature' | 'expired';

type CodeTable = Readonly<Record<SigningProblem, readonly [status: number, code: string]>>;

/** STS speaks the older query vocabulary: other names for the same problems, and 403 instead of 400. */
const stsCodes: CodeTable = {
  missing: [403, 'MissingAuthenticationToken'],
  'unknown-key': [403, 'InvalidClientTokenId'],
  'bad-signature': [403, 'SignatureDoesNotMatch'],
  expired: [403, 'ExpiredToken'],
};

const jsonCodes: CodeTable = {
  missing: [400, 'MissingAuthenticationTokenException'],
  'unknown-key': [400, 'UnrecognizedClientException'],
  'bad-signature': [400, 'InvalidSignatureException'],
  expired: [400, 'ExpiredTokenException'],
};

/** The error of `service` for a signing problem. */
export function signingError(service: Service, problem: SigningProblem, message: string): AwsError {
  const [status, code] = (service === 'sts' ? stsCodes : jsonCodes)[problem];
  return new AwsError(status, code, message);
}

/** The error of `service` for a principal without a permission. */
export function accessDenied(service: Service, message: string): AwsError {
  return service === 'sts'
    ? new AwsError(403, 'AccessDenied', message)
    : new AwsError(400, 'AccessDeniedException', message);
}

/** The error of `service` for a caller above its rate limit. */
export function throttled(service: Service): AwsError {
  return new AwsError(400, service === 'sts' ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
}

/** STS's error for a parameter that breaks a constraint. */
export function validationError(message: string): AwsError {
  return new AwsError(400, 'ValidationError', message);
}
