import { GetAuthorizationTokenCommand, type AuthorizationData } from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { BodyChange } from '../support/aws/faults.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  account,
  assumeWithToken,
  ecrClient,
  fetchToken,
  region,
  roleArn,
  startTestAws,
  stsClient,
  userArn,
  userKeys,
  type TestAws,
} from './fixture.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());
afterEach(() => {
  aws.faults.clear();
  aws.resetCalls();
});

/** The entries of an ECR answer that was spoilt in this way. */
async function spoiltData(body: BodyChange): Promise<readonly AuthorizationData[] | undefined> {
  aws.faults.inject({ service: 'ecr', kind: 'body', body, times: 1 });
  return (await ecrClient(aws).send(new GetAuthorizationTokenCommand({}))).authorizationData;
}

describe('faults', () => {
  it('answer with the given error as often as asked', async () => {
    aws.faults.inject({ service: 'ecr', kind: 'error', status: 500, code: 'ServerException', times: 2 });
    for (let i = 0; i < 2; i++) {
      await expect(fetchToken(aws)).rejects.toMatchObject({
        name: 'ServerException',
        $metadata: { httpStatusCode: 500, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      });
    }
    await fetchToken(aws);
  });

  it('speak XML to STS', async () => {
    aws.faults.inject({ service: 'sts', kind: 'error', code: 'IDPCommunicationError', message: 'a < b' });
    await expect(assumeWithToken(aws)).rejects.toMatchObject({
      name: 'IDPCommunicationErrorException',
      message: 'a < b',
      $metadata: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it('hit only the service, operation, region, role and principal that they name', async () => {
    const error = { kind: 'error', code: 'Boom' } as const;
    const misses = [
      { service: 'sts' },
      { service: 'ecr', operation: 'DescribeImages' },
      { service: 'ecr', region: 'us-east-1' },
      { service: 'ecr', roleArn },
      { service: 'ecr', principal: 'arn:aws:sts::*' },
    ] as const;
    for (const filter of misses) aws.faults.inject({ ...filter, ...error });
    await fetchToken(aws);
    for (const filter of [{ region }, { principal: userArn }, { operation: 'GetAuthorizationToken' }]) {
      const remove = aws.faults.inject({ service: 'ecr', ...filter, ...error });
      await expect(fetchToken(aws)).rejects.toMatchObject({ name: 'Boom' });
      remove();
    }
    await fetchToken(aws);
  });

  it('hit the calls of a role, whether they ask for it or come from its session', async () => {
    const keys = await assumeWithToken(aws);
    aws.faults.inject({ service: 'sts', roleArn, kind: 'error', code: 'Boom' });
    aws.faults.inject({ service: 'ecr', roleArn, kind: 'error', code: 'Boom' });
    await expect(assumeWithToken(aws)).rejects.toMatchObject({ name: 'Boom' });
    await expect(fetchToken(aws, keys)).rejects.toMatchObject({ name: 'Boom' });
    await fetchToken(aws);
  });

  it('drop the connection, or never answer until the caller gives up', async () => {
    aws.faults.inject({ service: 'ecr', kind: 'reset', times: 1 });
    await expect(fetchToken(aws)).rejects.toMatchObject({ code: 'ECONNRESET' });
    aws.faults.inject({ service: 'ecr', kind: 'hang', times: 1 });
    const giveUp = new AbortController();
    const call = ecrClient(aws).send(new GetAuthorizationTokenCommand({}), { abortSignal: giveUp.signal });
    const outcome = expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await waitFor('the call to arrive', () => aws.countCalls({ code: 'hang' }) === 1);
    giveUp.abort();
    await outcome;
  });

  it('delay an answer by the latency, on the clock of the local AWS', async () => {
    aws.faults.inject({ service: 'ecr', kind: 'delay', latencyMs: 5000, times: 1 });
    let answered = false;
    const call = fetchToken(aws).then(() => (answered = true));
    await waitFor('the call to arrive', () => aws.clock.pending === 1);
    await aws.clock.advance(4999);
    expect(answered).toBe(false);
    await aws.clock.advance(1);
    await call;
  });
});

describe('spoilt bodies', () => {
  it('hold no entry, or several', async () => {
    expect(await spoiltData({ authorizationData: 'empty' })).toEqual([]);
    expect(await spoiltData({ authorizationData: 'several' })).toHaveLength(2);
  });

  it('hold an expiry that is missing, in 2015 or ten years away', async () => {
    expect((await spoiltData({ expiresAt: 'missing' }))?.[0]).not.toHaveProperty('expiresAt');
    for (const expiresAt of [1_420_070_400, aws.clock.now() / 1000 + 10 * 365 * 86_400]) {
      expect((await spoiltData({ expiresAt }))?.[0]?.expiresAt?.getTime()).toBe(expiresAt * 1000);
    }
  });

  it('hold a password with a colon, or one of 12 kB', async () => {
    expect(await spoiltPassword('with-colon')).toContain(':');
    expect((await spoiltPassword('12-kB')).length).toBeGreaterThan(12_000);
  });

  it('are raw text, cut short, or cut off with the connection', async () => {
    await expect(spoiltData({ raw: '<html>' })).rejects.toThrow();
    await expect(spoiltData({ truncated: 'body' })).rejects.toThrow(SyntaxError);
    await expect(spoiltData({ truncated: 'connection' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(aws.calls().map((call) => call.code)).toEqual([200, 200, 200]);
  });

  it('reach STS as well', async () => {
    aws.faults.inject({ service: 'sts', kind: 'body', body: { expiresAt: 1_420_070_400 }, times: 1 });
    const raw = await fetch(aws.endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        RoleArn: roleArn,
        RoleSessionName: 'raw',
        WebIdentityToken: aws.signer.token(),
      }),
    });
    expect(await raw.text()).toContain('<Expiration>2015-01-01T00:00:00.000Z</Expiration>');
  });
});

describe('the call log', () => {
  it('says who called what, where, and with which result', async () => {
    const keys = await assumeWithToken(aws);
    await fetchToken(aws, keys);
    await expect(fetchToken(aws, { ...userKeys, secretAccessKey: 'guess' })).rejects.toThrow();
    const principalArn = `arn:aws:sts::${account}:assumed-role/puller/test`;
    const at = aws.clock.now();
    const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const common = { at, requestId };
    const ecr = { ...common, service: 'ecr', operation: 'GetAuthorizationToken', region };
    expect(aws.calls()).toEqual([
      {
        ...common,
        service: 'sts',
        operation: 'AssumeRoleWithWebIdentity',
        region: 'global',
        principalArn,
        roleArn,
        code: 200,
      },
      { ...ecr, principalArn, roleArn, code: 200 },
      { ...ecr, principalArn: userArn, code: 'InvalidSignatureException' },
    ]);
    expect(aws.countCalls({ service: 'ecr' })).toBe(2);
    expect(aws.countCalls({ service: 'ecr', code: 200 })).toBe(1);
    aws.resetCalls();
    expect(aws.countCalls()).toBe(0);
  });
});

describe('the admin API', () => {
  it('injects and clears faults', async () => {
    expect((await admin('POST', 'faults', { service: 'ecr', kind: 'error', code: 'Boom' })).status).toBe(201);
    await expect(fetchToken(aws)).rejects.toMatchObject({ name: 'Boom' });
    await admin('DELETE', 'faults');
    await fetchToken(aws);
  });

  it('refuses faults and settings that could never work', async () => {
    for (const fault of [
      { service: 's3', kind: 'hang' },
      { service: 'ecr', kind: 'bang' },
      { service: 'ecr', kind: 'error' },
    ]) {
      expect((await admin('POST', 'faults', fault)).status).toBe(400);
    }
    expect((await admin('POST', 'settings', { lifetimeScale: 0 })).status).toBe(400);
    expect((await admin('POST', 'settings', { lifetimeScales: 10 })).status).toBe(400);
    expect((await admin('GET', 'nothing')).status).toBe(404);
  });

  it('changes settings and lists calls', async () => {
    expect((await admin('POST', 'settings', { lifetimeScale: 60 })).json).toMatchObject({
      lifetimeScale: 60,
      latencyMs: 0,
    });
    expect(aws.settings.current().lifetimeScale).toBe(60);
    aws.settings.update({ lifetimeScale: 1 });
    await stsClient(aws).send(new GetCallerIdentityCommand({}));
    expect((await admin('GET', 'calls')).json).toMatchObject({
      calls: [{ operation: 'GetCallerIdentity', code: 200 }],
    });
    await admin('DELETE', 'calls');
    expect(aws.calls()).toEqual([]);
  });
});

/** The password of a token of this kind. */
async function spoiltPassword(password: NonNullable<BodyChange['password']>): Promise<string> {
  const token = (await spoiltData({ password }))?.[0]?.authorizationToken ?? '';
  return Buffer.from(token, 'base64').toString().replace('AWS:', '');
}

/** Calls the admin API as another process would. */
async function admin(
  method: string,
  path: string,
  value?: object,
): Promise<{ status: number; json: unknown }> {
  const body = value === undefined ? {} : { body: JSON.stringify(value) };
  const response = await fetch(`${aws.endpoint}/_admin/${path}`, { method, ...body });
  return { status: response.status, json: await response.json() };
}
