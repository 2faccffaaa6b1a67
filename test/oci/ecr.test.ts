import { ECRPUBLICClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Auth } from '../../src/docker-config/docker-config.ts';
import { createOciClient, type OciClient, type OciClientOptions } from '../../src/oci/client.ts';
import {
  account,
  fetchToken,
  region,
  startTestAws,
  userArn,
  userKeys,
  type TestAws,
} from '../aws-local/fixture.ts';
import type { RepositoryStatement } from '../support/aws/registry/access.ts';
import { loginOf } from './contract.ts';
import { failureOf } from './fixture.ts';

const other = '444455556666';
const repository = 'team/app';
const hostOf = (accountId: string): string => `${accountId}.dkr.ecr.${region}.amazonaws.com`;

let aws: TestAws;
let ca: Buffer;
let login: Auth;
beforeAll(async () => {
  aws = await startTestAws();
  ca = await readFile(aws.registry.caFile);
  aws.registry.createRepository(account, region, repository);
});
beforeEach(async () => {
  aws.iam.user({ arn: userArn, ...userKeys });
  aws.registry.createRepository(other, region, repository);
  aws.registry.resetRequests();
  login = loginOf(await fetchToken(aws));
});
afterAll(() => aws.stop());

const connect = (host: string, as: Partial<OciClientOptions> = {}): OciClient => {
  const endpoint = new URL(`https://127.0.0.1:${aws.registry.port}`);
  const client = createOciClient({ host, login, ca, endpoint, random: () => 0, ...as });
  onTestFinished(() => client.close());
  return client;
};

/** What the owner of the other account writes into the policy of the repository. */
const share = (effect: RepositoryStatement['effect'], ...actions: string[]): void =>
  aws.registry.createRepository(other, region, repository, {
    policy: [{ effect, principal: userArn, actions }],
  });

describe('a repository in another account', () => {
  it('is denied by its own policy, although the authorization token was granted', async () => {
    const client = connect(hostOf(other));
    await client.ping();
    const failure = await failureOf(client.startUpload(repository));
    expect(failure).toMatchObject({
      operation: 'startUpload',
      reason: 'RepositoryPolicyMissing',
      permission: 'resource',
      action: 'ecr:InitiateLayerUpload',
      code: 'DENIED',
      status: 403,
    });
    expect(failure.nextStep).toMatch(/^Allow ecr:InitiateLayerUpload .* policy of repository team\/app/);
    expect(aws.registry.openUploads(other, region, repository)).toBe(0);
  });

  it('can be pulled and not pushed to when its policy says so', async () => {
    share('Allow', 'ecr:BatchGetImage', 'ecr:ListImages');
    const client = connect(hostOf(other));
    expect((await client.listTags(repository, { n: 10 })).tags).toEqual([]);
    expect((await failureOf(client.headManifest(repository, 'v1'))).reason).toBe('ImageNotFound');
    expect((await failureOf(client.startUpload(repository))).permission).toBe('resource');
  });

  it('can be pushed to when both policies allow', async () => {
    share('Allow', 'ecr:*');
    const upload = await connect(hostOf(other)).startUpload(repository);
    expect(await upload.cancel()).toBe('cancelled');
    expect(aws.registry.openUploads(other, region, repository)).toBe(0);
  });

  it('tells a Deny from a missing Allow', async () => {
    share('Deny', 'ecr:BatchGetImage');
    const failure = await failureOf(connect(hostOf(other)).headManifest(repository, 'v1'));
    expect(failure).toMatchObject({ reason: 'RepositoryPolicyDenies', permission: 'resource' });
    expect(failure.nextStep).toContain('Remove the Deny for ecr:BatchGetImage');
  });
});

describe('a repository in the own account', () => {
  it('is denied by the policy of the identity', async () => {
    aws.iam.user({ arn: userArn, ...userKeys, allow: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage'] });
    const failure = await failureOf(connect(hostOf(account)).startUpload(repository));
    expect(failure).toMatchObject({ reason: 'IdentityPolicyMissing', permission: 'identity' });
    aws.iam.user({ arn: userArn, ...userKeys, deny: ['ecr:BatchGetImage'] });
    expect(await failureOf(connect(hostOf(account)).headManifest(repository, 'v1'))).toMatchObject({
      reason: 'IdentityPolicyDenies',
      action: 'ecr:BatchGetImage',
    });
  });

  it('that nobody created is named with its registry', async () => {
    for (const call of ['pull', 'push'] as const) {
      const client = connect(hostOf(account));
      const failed = call === 'pull' ? client.headManifest('absent', 'v1') : client.startUpload('absent');
      const failure = await failureOf(failed);
      expect(failure).toMatchObject({ reason: 'RepositoryNotFound', code: 'NAME_UNKNOWN' });
      expect(failure.nextStep).toContain(`Create repository absent at ${hostOf(account)}`);
    }
  });
});

describe('an authorization token', () => {
  it('of another region is refused at the door', async () => {
    const failure = await failureOf(connect(`${account}.dkr.ecr.us-east-1.amazonaws.com`).ping());
    expect(failure).toMatchObject({ reason: 'LoginRefused', operation: 'ping' });
    expect(failure.nextStep).toContain('in the region');
  });

  it('that is over is told from one that was never good, whether with 401 or with 403', async () => {
    const said = {
      code: 'DENIED',
      message: 'Your authorization token has expired. Reauthenticate and try again.',
    };
    for (const status of [401, 403]) {
      const remove = aws.registry.faults.inject({ ...said, status, path: '/v2/' });
      onTestFinished(remove);
      const failure = await failureOf(connect(hostOf(account)).ping());
      expect(failure).toMatchObject({ reason: 'TokenExpired', kind: 'transient', status });
      remove();
    }
  });
});

describe('an upload that goes on at the storage of ECR', () => {
  it('is cancelled there without the login, which that storage would not stand', async () => {
    const location = `https://prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com/upload`;
    const host = hostOf(account);
    const client = connect(host, { endpoint: undefined, proxyEnv: { HTTPS_PROXY: aws.registry.proxyUrl } });
    await client.ping();
    aws.registry.faults.inject({
      method: 'POST',
      status: 202,
      code: 'NONE',
      headers: { location },
      times: 1,
    });
    const failure = await failureOf((await client.startUpload(repository)).cancel());
    expect(failure.message).toContain('The request signature does not match');
    expect(failure.message).not.toContain('Only one auth mechanism allowed');
  });
});

describe('the rate limit of ECR', () => {
  it('delays an upload, which is then started once', async () => {
    aws.registry.faults.inject({
      method: 'POST',
      status: 429,
      code: 'TOOMANYREQUESTS',
      message: 'Rate exceeded',
      times: 1,
    });
    const upload = await connect(hostOf(account)).startUpload(repository);
    expect(aws.registry.openUploads(account, region, repository)).toBe(1);
    await upload.cancel();
    expect(aws.registry.requests().map(({ status }) => status)).toEqual([429, 401, 202, 204]);
  });
});

describe('ECR Public', () => {
  const publicHost = 'public.ecr.aws';
  const publicLogin = async (): Promise<Auth> => {
    const keys = { region: 'us-east-1', endpoint: aws.endpoint, credentials: userKeys };
    const answer = await new ECRPUBLICClient(keys).send(new GetAuthorizationTokenCommand({}));
    return loginOf(answer.authorizationData?.authorizationToken ?? '');
  };
  beforeAll(() => aws.registry.createRepository('public', 'us-east-1', 'alias/app'));

  it('takes its own login through its token service', async () => {
    const client = connect(publicHost, { login: await publicLogin() });
    await client.ping();
    const upload = await client.startUpload('alias/app');
    expect(await upload.cancel()).toBe('cancelled');
    expect(aws.registry.requests().filter(({ path }) => path === '/token/')).toHaveLength(1);
  });

  it('can be read without a login, and not written', async () => {
    const client = connect(publicHost, { login: undefined });
    await client.ping();
    expect((await client.listTags('alias/app', { n: 1 })).tags).toEqual([]);
    expect(await failureOf(client.startUpload('alias/app'))).toMatchObject({
      reason: 'AccessDenied',
      action: 'ecr-public:InitiateLayerUpload',
    });
  });

  it('does not take the login of a private registry', async () => {
    const failure = await failureOf(connect(publicHost).ping());
    expect(failure).toMatchObject({ operation: 'token', reason: 'LoginRefused' });
  });
});
