import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { isJsonObject } from '../support/aws/json.ts';
import { computeSignature, type Authorization } from '../support/aws/sigv4.ts';
import {
  account,
  assumeWithToken,
  ecrClient,
  region,
  roleArn,
  startTestAws,
  stsClient,
  trustOfPuller,
  userArn,
  userKeys,
  type Keys,
  type TestAws,
} from './fixture.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

/** Calls STS and ECR with the same keys and returns how each refused. */
async function refusals(keys: Keys): Promise<{ sts: unknown; ecr: unknown }> {
  const [sts, ecr] = await Promise.allSettled([
    stsClient(aws, keys).send(new GetCallerIdentityCommand({})),
    ecrClient(aws, keys).send(new GetAuthorizationTokenCommand({})),
  ]);
  return { sts: reasonOf(sts), ecr: reasonOf(ecr) };
}

function reasonOf(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'rejected' ? result.reason : 'accepted';
}

const code = (name: string, httpStatusCode: number): object => ({ name, $metadata: { httpStatusCode } });

describe('signed requests', () => {
  it('are accepted from users and from sessions', async () => {
    expect(await refusals(userKeys)).toEqual({ sts: 'accepted', ecr: 'accepted' });
    expect(await refusals(await assumeWithToken(aws))).toEqual({ sts: 'accepted', ecr: 'accepted' });
  });

  it('are refused for an unknown access key', async () => {
    expect(await refusals({ ...userKeys, accessKeyId: 'AKIANOBODY0000000001' })).toMatchObject({
      sts: code('InvalidClientTokenId', 403),
      ecr: code('UnrecognizedClientException', 400),
    });
  });

  it('are refused for a wrong secret', async () => {
    expect(await refusals({ ...userKeys, secretAccessKey: 'guess' })).toMatchObject({
      sts: code('SignatureDoesNotMatch', 403),
      ecr: code('InvalidSignatureException', 400),
    });
  });

  it('are refused for a session token that is wrong, absent, or added to the keys of a user', async () => {
    const { accessKeyId, secretAccessKey } = await assumeWithToken(aws);
    const unknown = {
      sts: code('InvalidClientTokenId', 403),
      ecr: code('UnrecognizedClientException', 400),
    };
    expect(await refusals({ accessKeyId, secretAccessKey, sessionToken: 'another' })).toMatchObject(unknown);
    expect(await refusals({ accessKeyId, secretAccessKey })).toMatchObject(unknown);
    expect(await refusals({ ...userKeys, sessionToken: 'added' })).toMatchObject(unknown);
  });

  it('are refused once the session is over', async () => {
    aws.settings.update({ lifetimeScale: 1000 });
    const keys = await assumeWithToken(aws, { seconds: 3600 });
    aws.settings.update({ lifetimeScale: 1 });
    await aws.clock.advance(3500);
    expect(await refusals(keys)).toEqual({ sts: 'accepted', ecr: 'accepted' });
    await aws.clock.advance(200);
    expect(await refusals(keys)).toMatchObject({
      sts: code('ExpiredToken', 403),
      ecr: {
        name: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
      },
    });
  });

  it('are refused when the clock of the caller is off by more than five minutes', async () => {
    await expect(callWithClockOff(-4 * 60_000)).resolves.toMatchObject({ Arn: userArn });
    await expect(callWithClockOff(4 * 60_000)).resolves.toMatchObject({ Arn: userArn });
    await expect(callWithClockOff(-6 * 60_000)).rejects.toThrow(/^Signature expired: /);
    await expect(callWithClockOff(6 * 60_000)).rejects.toThrow(/^Signature not yet current: /);
  });

  it('are refused in a region of another partition, and where the endpoint is that of another region', async () => {
    const get = async (inRegion: string, endpoint = aws.endpoint): Promise<unknown> =>
      new STSClient({ region: inRegion, endpoint, maxAttempts: 1, credentials: userKeys }).send(
        new GetCallerIdentityCommand({}),
      );
    await expect(get('us-west-2', aws.endpointOf('us-west-2'))).resolves.toMatchObject({ Account: account });
    await expect(get('us-west-2', aws.endpointOf('us-east-1'))).rejects.toThrow(/scoped to a valid region/);
    await expect(get('cn-north-1')).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(get('nowhere')).rejects.toThrow(/scoped to a valid region, not 'nowhere'/);
  });

  it('cover the body and every header', async () => {
    await expect(callSpoilt(() => {})).resolves.toHaveProperty('Arn');
    const mismatch = { name: 'SignatureDoesNotMatch' };
    await expect(
      callSpoilt((request) => (request.body = request.body.replace('06-15', '06-16'))),
    ).rejects.toMatchObject(mismatch);
    await expect(
      callSpoilt((request) => (request.headers['content-type'] = 'text/plain')),
    ).rejects.toMatchObject(mismatch);
  });

  it('have to cover host and date, and to be made for the service', async () => {
    expect(await callByHand({})).toMatchObject({ status: 200 });
    expect(await callByHand({ signedHeaders: ['host'] })).toMatchObject({ status: 403 });
    expect(await callByHand({ signedHeaders: ['x-amz-date'] })).toMatchObject({ status: 403 });
    expect(await callByHand({ service: 'ecr' })).toMatchObject({
      status: 403,
      text: expect.stringContaining("Credential should be scoped to correct service: 'sts'."),
    });
  });

  it('of a user end with its access key, of a session with its role', async () => {
    const keys = { accessKeyId: 'AKIALEAVER0000000001', secretAccessKey: 'secret' };
    aws.iam.user({ arn: `arn:aws:iam::${account}:user/leaver`, ...keys });
    const session = await assumeWithToken(aws);
    aws.iam.deleteAccessKey(keys.accessKeyId);
    aws.iam.deleteRole(roleArn);
    expect(await refusals(keys)).toMatchObject({ ecr: code('UnrecognizedClientException', 400) });
    aws.iam.role({ arn: roleArn, trust: [trustOfPuller] });
    expect(await refusals(session)).toMatchObject({ ecr: code('UnrecognizedClientException', 400) });
    expect(await refusals(await assumeWithToken(aws))).toEqual({ sts: 'accepted', ecr: 'accepted' });
  });

  it('have to be signed at all', async () => {
    const response = await fetch(aws.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });
});

/** Calls STS from a machine whose clock is off by this many milliseconds. */
async function callWithClockOff(systemClockOffset: number): Promise<unknown> {
  const client = new STSClient({
    region,
    endpoint: aws.endpoint,
    maxAttempts: 1,
    credentials: userKeys,
    systemClockOffset,
  });
  return client.send(new GetCallerIdentityCommand({}));
}

/** Calls STS with a signature made here, correct but for what is asked for. */
async function callByHand(unusual: Partial<Authorization>): Promise<{ status: number; text: string }> {
  const amzDate = new Date(aws.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope: Authorization = {
    accessKeyId: userKeys.accessKeyId,
    date: amzDate.slice(0, 8),
    region,
    service: 'sts',
    signedHeaders: ['host', 'x-amz-date'],
    signature: '',
    ...unusual,
  };
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const headers = { host: new URL(aws.endpoint).host, 'x-amz-date': amzDate };
  const parts = { method: 'POST', path: '/', query: '', headers, body: Buffer.from(body) };
  const signature = computeSignature(parts, scope, amzDate, userKeys.secretAccessKey);
  const credential = `${scope.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${scope.signedHeaders.join(';')}, ` +
    `Signature=${signature}`;
  const response = await fetch(aws.endpoint, {
    method: 'POST',
    headers: { ...headers, authorization },
    body,
  });
  return { status: response.status, text: await response.text() };
}

/** Calls STS with a request that is changed after it was signed. */
async function callSpoilt(spoil: (request: HttpRequest) => void): Promise<unknown> {
  const client = stsClient(aws);
  client.middlewareStack.add(
    (next) => (args) => {
      if (isHttpRequest(args.request)) spoil(args.request);
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  return client.send(new GetCallerIdentityCommand({}));
}

interface HttpRequest {
  readonly headers: Record<string, string>;
  body: string;
}

function isHttpRequest(value: unknown): value is HttpRequest {
  return isJsonObject(value) && isJsonObject(value['headers']) && typeof value['body'] === 'string';
}
