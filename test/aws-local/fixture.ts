import { generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto';

import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { AssumeRoleWithWebIdentityCommand, STSClient, type Credentials } from '@aws-sdk/client-sts';

import { startLocalAws, type LocalAws } from '../support/aws/index.ts';
import type { TrustStatement } from '../support/aws/trust.ts';
import { ManualClock } from '../support/manual-clock.ts';

export const issuer = 'https://issuer.test';
export const region = 'eu-west-1';
export const account = '111122223333';
export const roleArn = `arn:aws:iam::${account}:role/ci/puller`;
export const subject = 'system:serviceaccount:ci:puller';
export const trustOfPuller: TrustStatement = { kind: 'web-identity', subjects: [subject] };

/** The keys of an SDK client. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A user whom every test world knows. */
export const userKeys: Keys = { accessKeyId: 'AKIAUSER000000000001', secretAccessKey: 'secret-of-the-user' };
export const userArn = `arn:aws:iam::${account}:user/ci`;

/** A key pair of a token issuer. */
export interface TokenSigner {
  readonly jwk: JsonWebKey;
  /** A signed JWT; by default one that STS accepts for `subject`. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): string;
}

/** Makes a key and signs with it. */
export function makeSigner(kid: string, alg: 'RS256' | 'ES256' = 'RS256'): TokenSigner {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg },
    token(claims = {}, header = {}) {
      const exp = Math.floor(Date.now() / 1000) + 600;
      const payload = { iss: issuer, sub: subject, aud: ['sts.amazonaws.com'], exp, ...claims };
      return signJwt({ alg, kid, ...header }, payload, privateKey);
    },
  };
}

function signJwt(header: object, payload: object, key: KeyObject): string {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A local AWS with one role, one user and a token issuer, on a clock that starts now and stands still. */
export interface TestAws extends LocalAws {
  readonly clock: ManualClock;
  readonly signer: TokenSigner;
  /** What the issuer publishes; tests change it. */
  readonly published: { keys: JsonWebKey[]; reads: number };
}

/** Starts it with role `roleArn`, which trusts `subject`. */
export async function startTestAws(): Promise<TestAws> {
  const clock = new ManualClock(Date.now());
  const signer = makeSigner('key-1');
  const published = { keys: [signer.jwk], reads: 0 };
  const jwks = async (): Promise<{ keys: JsonWebKey[] }> => {
    published.reads += 1;
    return { keys: [...published.keys] };
  };
  const aws = await startLocalAws({ issuer, jwks, clock });
  aws.iam.role({ arn: roleArn, trust: [trustOfPuller] });
  aws.iam.user({ arn: userArn, ...userKeys });
  return { ...aws, clock, signer, published };
}

/** An STS client that tries once. */
export function stsClient(aws: LocalAws, credentials: Keys = userKeys): STSClient {
  return new STSClient({ region, endpoint: aws.endpoint, maxAttempts: 1, credentials });
}

/** An ECR client that tries once. */
export function ecrClient(aws: LocalAws, credentials: Keys = userKeys, inRegion = region): ECRClient {
  return new ECRClient({ region: inRegion, endpoint: aws.endpoint, maxAttempts: 1, credentials });
}

/** Members of the web-identity call that a test may set. */
export interface WebIdentityCall {
  readonly token?: string;
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly seconds?: number;
}

/** Trades a web-identity token, a valid one by default, for the session of a role. */
export async function assumeWithToken(aws: TestAws, call: WebIdentityCall = {}): Promise<Keys> {
  const answer = await stsClient(aws).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: call.roleArn ?? roleArn,
      RoleSessionName: call.sessionName ?? 'test',
      WebIdentityToken: call.token ?? aws.signer.token(),
      ...(call.seconds === undefined ? {} : { DurationSeconds: call.seconds }),
    }),
  );
  return keysOf(answer.Credentials);
}

/** The keys in an answer of STS. */
export function keysOf(credentials: Credentials | undefined): Keys {
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  };
}

/** The `authorizationToken` that ECR gives to the holder of some keys. */
export async function fetchToken(aws: LocalAws, keys: Keys = userKeys, inRegion = region): Promise<string> {
  const answer = await ecrClient(aws, keys, inRegion).send(new GetAuthorizationTokenCommand({}));
  return answer.authorizationData?.[0]?.authorizationToken ?? '';
}
