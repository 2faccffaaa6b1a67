import { timingSafeEqual } from 'node:crypto';

import type { Redacted } from '../../../src/base/redacted.ts';
import type { ApiRequest, Service } from './api-request.ts';
import { isRegionName, partitionOfRegion, requireArn } from './arn.ts';
import { signingError, type AwsError } from './errors.ts';
import type { IamQueries } from './iam.ts';
import type { Principal } from './principal.ts';
import type { Sessions } from './sessions.ts';
import { computeSignature, type Authorization } from './sigv4.ts';

const longestSkewMs = 5 * 60_000;

/** The key material behind an access key id. */
interface Credentials {
  readonly principal: Principal;
  readonly secretAccessKey: Redacted<string>;
  readonly sessionToken: Redacted<string> | undefined;
  /** Epoch milliseconds; undefined for the keys of a user. */
  readonly expiresAt: number | undefined;
}

export type FindCredentials = (accessKeyId: string) => Credentials | undefined;

/** Looks access keys up among users and sessions. A session whose role is gone, or was made anew, is unknown. */
export function createCredentialFinder(iam: IamQueries, sessions: Sessions): FindCredentials {
  return (accessKeyId) => {
    const key = iam.findAccessKey(accessKeyId);
    if (key !== undefined) {
      const { partition, account } = requireArn(key.userArn);
      const principal = { arn: key.userArn, partition, account, userId: key.userId };
      return {
        principal,
        secretAccessKey: key.secretAccessKey,
        sessionToken: undefined,
        expiresAt: undefined,
      };
    }
    const session = sessions.find(accessKeyId);
    const role = iam.findRole(session?.principal.roleArn ?? '');
    return session !== undefined && session.roleId === role?.id ? session : undefined;
  };
}

/** Verifies the SigV4 signature of a request and returns who made it. Throws AwsError in the words of the service. */
export function authenticate(request: ApiRequest, find: FindCredentials, nowMs: number): Principal {
  const { authorization, service } = request;
  if (authorization === undefined) throw missingSignature(service);
  checkScope(request, authorization);
  const credentials = find(authorization.accessKeyId);
  const token = request.parts.headers['x-amz-security-token'];
  const known =
    credentials !== undefined &&
    credentials.principal.partition === partitionOfRegion(authorization.region) &&
    credentials.sessionToken?.reveal() === token;
  if (!known)
    throw signingError(service, 'unknown-key', 'The security token included in the request is invalid.');
  if (credentials.expiresAt !== undefined && credentials.expiresAt <= nowMs) {
    throw signingError(service, 'expired', 'The security token included in the request is expired');
  }
  checkSignature(request, authorization, credentials.secretAccessKey, nowMs);
  return credentials.principal;
}

function missingSignature(service: Service): AwsError {
  return signingError(service, 'missing', 'Request is missing Authentication Token');
}

function checkScope(request: ApiRequest, scope: Authorization): void {
  const refuse = (message: string): AwsError => signingError(request.service, 'bad-signature', message);
  if (scope.service !== request.service) {
    throw refuse(`Credential should be scoped to correct service: '${request.service}'.`);
  }
  // ECR Public has one API endpoint, in us-east-1.
  const home = request.service === 'ecr-public' ? 'us-east-1' : request.endpointRegion;
  if (!isRegionName(scope.region) || (home !== undefined && scope.region !== home)) {
    throw refuse(`Credential should be scoped to a valid region, not '${scope.region}'.`);
  }
}

function checkSignature(
  request: ApiRequest,
  scope: Authorization,
  secret: Redacted<string>,
  nowMs: number,
): void {
  const refuse = (message: string): AwsError => signingError(request.service, 'bad-signature', message);
  const amzDate = [request.parts.headers['x-amz-date'] ?? ''].flat().join('');
  const signedAt = parseAmzDate(amzDate);
  if (signedAt === undefined || !amzDate.startsWith(scope.date)) {
    throw refuse(`Date in Credential scope does not match the date of X-Amz-Date: ${amzDate}`);
  }
  if (signedAt < nowMs - longestSkewMs) {
    throw refuse(
      `Signature expired: ${amzDate} is now earlier than ${toAmzDate(nowMs - longestSkewMs)} (5 min.)`,
    );
  }
  if (signedAt > nowMs + longestSkewMs) {
    throw refuse(
      `Signature not yet current: ${amzDate} is still later than ${toAmzDate(nowMs + longestSkewMs)} (5 min.)`,
    );
  }
  const required =
    request.parts.headers['x-amz-security-token'] === undefined ? [] : ['x-amz-security-token'];
  const complete = ['host', 'x-amz-date', ...required].every((name) => scope.signedHeaders.includes(name));
  const expected = computeSignature(request.parts, scope, amzDate, secret.reveal());
  if (!complete || !timingSafeEqual(Buffer.from(expected), Buffer.from(scope.signature))) {
    throw refuse(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access ' +
        'Key and signing method. Consult the service documentation for details.',
    );
  }
}

function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function toAmzDate(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
