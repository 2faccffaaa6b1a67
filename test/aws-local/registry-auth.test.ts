import { ECRPUBLICClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseJsonObject } from '../support/aws/json.ts';
import {
  account,
  assumeWithToken,
  fetchToken,
  region,
  roleArn,
  startTestAws,
  trustOfPuller,
  userArn,
  userKeys,
  type TestAws,
} from './fixture.ts';
import {
  errorOf,
  inRepository,
  pushImage,
  refusal,
  send,
  type RegistryResponse,
  type Repository,
} from './registry-client.ts';

const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  aws.registry.createRepository(account, region, 'app');
  aws.registry.createRepository('public', 'us-east-1', 'alias/app');
});
afterAll(() => aws.stop());

const ping = async (to: string, authorization?: string): ReturnType<typeof send> =>
  send(aws, {
    host: to,
    path: '/v2/',
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });

describe('a private registry', () => {
  it('challenges for Basic credentials', async () => {
    const response = await ping(host);
    expect(errorOf(response)).toEqual(refusal(401, 'DENIED', 'Not Authorized'));
    expect(response.headers['www-authenticate']).toBe(
      `Basic realm="https://${host}/",service="ecr.amazonaws.com"`,
    );
  });

  it('accepts a current token under every spelling of every account of the region', async () => {
    const token = await fetchToken(aws);
    const spellings = ['dkr.ecr', 'dkr.ecr-fips'].map(
      (label) => `${account}.${label}.${region}.amazonaws.com`,
    );
    const dualStack = ['dkr-ecr', 'dkr-ecr-fips'].map((label) => `${account}.${label}.${region}.on.aws`);
    for (const name of [...spellings, ...dualStack, `444455556666.dkr.ecr.${region}.amazonaws.com`]) {
      expect((await ping(name, `Basic ${token}`)).status, name).toBe(200);
    }
  });

  it('refuses a token of another region, an unknown one, another user and another scheme', async () => {
    const token = await fetchToken(aws);
    const password = Buffer.from(token, 'base64').toString().slice('AWS:'.length);
    const attempts = [
      `Basic ${await fetchToken(aws, userKeys, 'us-east-1')}`,
      `Basic ${Buffer.from('AWS:guess').toString('base64')}`,
      `Basic ${Buffer.from(`aws:${password}`).toString('base64')}`,
      `Bearer ${token}`,
    ];
    for (const authorization of attempts) {
      expect(errorOf(await ping(host, authorization))).toEqual(refusal(401, 'DENIED', 'Not Authorized'));
    }
  });

  it('refuses a token whose time is over, although nothing else changed', async () => {
    aws.settings.update({ lifetimeScale: 1000 });
    const authorization = `Basic ${await fetchToken(aws)}`;
    aws.settings.update({ lifetimeScale: 1 });
    await aws.clock.advance(43_199);
    expect((await ping(host, authorization)).status).toBe(200);
    await aws.clock.advance(1);
    const message = 'Your authorization token has expired. Reauthenticate and try again.';
    expect(errorOf(await ping(host, authorization))).toEqual(refusal(401, 'DENIED', message));
  });

  it('accepts unusual passwords', async () => {
    for (const password of ['with-colon', '12-kB'] as const) {
      aws.faults.inject({ service: 'ecr', kind: 'body', body: { password }, times: 1 });
      expect((await ping(host, `Basic ${await fetchToken(aws)}`)).status).toBe(200);
    }
  });

  it('asks IAM at each use, and names the action that is missing', async () => {
    const allow = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage'];
    aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow });
    const repo = await repository(await fetchToken(aws, await assumeWithToken(aws)));
    expect(errorOf(await inRepository(repo, 'POST', 'blobs/uploads/'))).toEqual(
      denied('InitiateLayerUpload'),
    );
    expect(errorOf(await inRepository(repo, 'PUT', 'manifests/v1'))).toEqual(denied('PutImage'));
    expect((await inRepository(repo, 'GET', 'manifests/v1')).status).toBe(404);
    aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow: ['ecr:InitiateLayerUpload'] });
    expect((await inRepository(repo, 'POST', 'blobs/uploads/')).status).toBe(202);
    expect(errorOf(await inRepository(repo, 'GET', 'manifests/v1'))).toEqual(denied('BatchGetImage'));
    expect(errorOf(await inRepository(repo, 'GET', `blobs/sha256:0`))).toEqual(
      denied('GetDownloadUrlForLayer'),
    );
  });

  it('asks IAM for each step of an upload', async () => {
    const steps = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage'];
    const repo = await repository(await fetchToken(aws, await assumeAllowed(['ecr:*'])));
    for (const step of steps) {
      aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow: ['ecr:*'], deny: [`ecr:${step}`] });
      await expect(pushImage(repo, 'steps'), step).rejects.toThrow();
    }
    await assumeAllowed(steps.map((step) => `ecr:${step}`));
    await pushImage(repo, 'steps');
  });

  it('logs who asked for what', async () => {
    aws.registry.resetRequests();
    await ping(host, `Basic ${await fetchToken(aws)}`);
    await ping(host);
    const entry = { at: aws.clock.now(), host, method: 'GET', path: '/v2/' };
    expect(aws.registry.requests()).toEqual([
      { ...entry, status: 200, principalArn: userArn },
      { ...entry, status: 401, principalArn: undefined },
    ]);
  });
});

describe('public.ecr.aws', () => {
  const publicHost = 'public.ecr.aws';
  const tokenFor = async (headers: Record<string, string> = {}): ReturnType<typeof send> =>
    send(aws, { host: publicHost, path: '/token/?service=public.ecr.aws&scope=aws', headers });

  it('takes an authorization token as Bearer, not as Basic', async () => {
    const token = await publicToken();
    expect((await ping(publicHost, `Bearer ${token}`)).status).toBe(200);
    expect(errorOf(await ping(publicHost, `Basic ${token}`))).toEqual(
      refusal(401, 'DENIED', 'Your Authorization Token is invalid.'),
    );
    expect((await ping(publicHost)).headers['www-authenticate']).toMatch(
      /^Bearer realm="https:\/\/public\.ecr\.aws\/token\/"/,
    );
  });

  it('trades Basic credentials for Bearer at its token service, and refuses those of a private registry', async () => {
    const granted = await tokenFor({ authorization: `Basic ${await publicToken()}` });
    const token = bearerIn(granted);
    expect((await ping(publicHost, `Bearer ${token}`)).status).toBe(200);
    const ofPrivate = await fetchToken(aws, userKeys, 'us-east-1');
    expect((await tokenFor({ authorization: `Basic ${ofPrivate}` })).status).toBe(401);
    const privateHost = `${account}.dkr.ecr.us-east-1.amazonaws.com`;
    expect((await ping(privateHost, `Basic ${ofPrivate}`)).status).toBe(200);
    expect((await ping(privateHost, `Basic ${await publicToken()}`)).status).toBe(401);
  });

  it('lets everyone pull and only those push who may', async () => {
    const headers = { authorization: `Bearer ${await publicToken()}` };
    const repo: Repository = { aws, host: publicHost, name: 'alias/app', headers };
    await pushImage(repo, 'v1');
    const token = bearerIn(await tokenFor());
    const anonymous = { ...repo, headers: { authorization: `Bearer ${token}` } };
    expect((await inRepository(anonymous, 'GET', 'manifests/v1')).status).toBe(200);
    expect((await inRepository(anonymous, 'POST', 'blobs/uploads/')).status).toBe(403);
  });

  it('refuses expired credentials even where none are needed', async () => {
    aws.settings.update({ lifetimeScale: 1000 });
    const authorization = `Basic ${await publicToken()}`;
    aws.settings.update({ lifetimeScale: 1 });
    await aws.clock.advance(43_200);
    expect((await tokenFor({ authorization })).status).toBe(401);
  });
});

async function repository(token: string): Promise<Repository> {
  return { aws, host, name: 'app', headers: { authorization: `Basic ${token}` } };
}

/** Sets what the role may do and assumes it. */
async function assumeAllowed(allow: readonly string[]): ReturnType<typeof assumeWithToken> {
  aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow });
  return assumeWithToken(aws);
}

async function publicToken(): Promise<string> {
  const client = new ECRPUBLICClient({ region: 'us-east-1', endpoint: aws.endpoint, credentials: userKeys });
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
  return authorizationData?.authorizationToken ?? '';
}

/** The answer to a session of the role that lacks an action. */
function denied(action: string): unknown {
  const message =
    `User: arn:aws:sts::${account}:assumed-role/puller/test is not authorized to perform: ecr:${action} ` +
    `on resource: arn:aws:ecr:${region}:${account}:repository/app`;
  return refusal(403, 'DENIED', expect.stringContaining(message));
}

/** The token in an answer of the token service. */
function bearerIn(response: RegistryResponse): string {
  return String(parseJsonObject(response.body)['token']);
}
