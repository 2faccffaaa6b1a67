import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import {
  ECRPUBLICClient,
  GetAuthorizationTokenCommand as PublicTokenCommand,
} from '@aws-sdk/client-ecr-public';
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import {
  account,
  assumeWithToken,
  ecrClient,
  fetchToken,
  roleArn,
  startTestAws,
  stsClient,
  trustOfPuller,
  userKeys,
  type Keys,
  type TestAws,
} from './fixture.ts';

const sessionArn = `arn:aws:sts::${account}:assumed-role/puller/test`;
const hoursMs = 3_600_000;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  aws.settings.update({ lifetimeScale: 1, rateLimits: { '*': { perSecond: 500, burst: 500 } } });
  aws.iam.role({ arn: roleArn, trust: [trustOfPuller] });
});

function publicClient(credentials: Keys, inRegion = 'us-east-1'): ECRPUBLICClient {
  return new ECRPUBLICClient({ region: inRegion, endpoint: aws.endpoint, maxAttempts: 1, credentials });
}

describe('GetAuthorizationToken', () => {
  it('gives user AWS with a long password that is new each time, for twelve hours', async () => {
    const answer = await ecrClient(aws).send(new GetAuthorizationTokenCommand({}));
    const [data, ...others] = answer.authorizationData ?? [];
    expect(others).toEqual([]);
    const [user, password = ''] = Buffer.from(data?.authorizationToken ?? '', 'base64')
      .toString()
      .split(':');
    expect(user).toBe('AWS');
    expect(password.length).toBeGreaterThan(1400);
    expect(data?.expiresAt?.getTime()).toBe(aws.clock.now() + 12 * hoursMs);
    expect(await fetchToken(aws)).not.toBe(data?.authorizationToken);
  });

  it('names the registry of the caller in its region and partition, or the registries asked for', async () => {
    expect(await endpointsOf(ecrClient(aws))).toEqual([`https://${account}.dkr.ecr.eu-west-1.amazonaws.com`]);
    expect(await endpointsOf(ecrClient(aws), ['444455556666'])).toEqual([
      'https://444455556666.dkr.ecr.eu-west-1.amazonaws.com',
    ]);
    const keys = { accessKeyId: 'AKIACHINA00000000001', secretAccessKey: 'secret' };
    aws.iam.user({ arn: 'arn:aws-cn:iam::777788889999:user/ci', ...keys });
    expect(await endpointsOf(ecrClient(aws, keys, 'cn-north-1'))).toEqual([
      'https://777788889999.dkr.ecr.cn-north-1.amazonaws.com.cn',
    ]);
  });

  it('shortens lifetimes as the scale says, and says so in its answers', async () => {
    aws.settings.update({ lifetimeScale: 1000 });
    const answer = await ecrClient(aws).send(new GetAuthorizationTokenCommand({}));
    expect(answer.authorizationData?.[0]?.expiresAt?.getTime()).toBe(aws.clock.now() + 43_200);
  });

  it('refuses a role without the permission, by name of the session and action', async () => {
    aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow: ['ecr:BatchGetImage'] });
    const keys = await assumeWithToken(aws);
    await expect(fetchToken(aws, keys)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
      message: expect.stringContaining(
        `User: ${sessionArn} is not authorized to perform: ecr:GetAuthorizationToken on resource: *`,
      ),
    });
    aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow: ['ecr:Get*'] });
    await expect(fetchToken(aws, keys)).resolves.not.toBe('');
  });

  it('lets an explicit deny win', async () => {
    const deny = ['ecr:GetAuthorizationToken'];
    aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow: ['*'], deny });
    await expect(fetchToken(aws, await assumeWithToken(aws))).rejects.toThrow(
      /on resource: \* with an explicit deny in an identity-based policy$/,
    );
  });
});

describe('GetAuthorizationToken of ECR Public', () => {
  it('gives one object without an endpoint, for twelve hours', async () => {
    const { authorizationData } = await publicClient(userKeys).send(new PublicTokenCommand({}));
    expect(authorizationData).toEqual({
      authorizationToken: expect.stringMatching(/^QVdTO/),
      expiresAt: new Date(aws.clock.now() + 12 * hoursMs),
    });
  });

  it('wants both permissions', async () => {
    const client = publicClient(await assumeWithToken(aws));
    for (const [allowed, missing] of [
      ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'],
      ['sts:GetServiceBearerToken', 'ecr-public:GetAuthorizationToken'],
    ] as const) {
      aws.iam.role({ arn: roleArn, trust: [trustOfPuller], allow: [allowed] });
      await expect(client.send(new PublicTokenCommand({}))).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining(`${sessionArn} is not authorized to perform: ${missing}`),
      });
    }
  });

  it('exists in us-east-1 only', async () => {
    await expect(publicClient(userKeys, 'eu-west-1').send(new PublicTokenCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });
});

describe('rate limits', () => {
  it('hold per API, region and account, and refill with time', async () => {
    const keys = { accessKeyId: 'AKIAOTHER00000000001', secretAccessKey: 'secret' };
    aws.iam.user({ arn: 'arn:aws:iam::444455556666:user/ci', ...keys });
    const slow = { perSecond: 1, burst: 1 };
    aws.settings.update({ rateLimits: { 'ecr:GetAuthorizationToken': slow } });
    await fetchToken(aws);
    await expect(fetchToken(aws)).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400 },
    });
    await fetchToken(aws, keys);
    await fetchToken(aws, userKeys, 'us-east-1');
    await aws.clock.advance(1000);
    await fetchToken(aws);
  });

  it('answer in the words of STS there', async () => {
    aws.settings.update({ rateLimits: { '*': { perSecond: 0, burst: 0 } } });
    const refused = { name: 'Throttling', message: 'Rate exceeded' };
    await expect(stsClient(aws).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(refused);
    await expect(assumeWithToken(aws)).rejects.toMatchObject(refused);
  });
});

describe('the environment of another process', () => {
  it('leads SDK clients here without any setting of their own', async () => {
    for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
    const settings = { region: 'us-east-2', credentials: userKeys };
    expect(aws.env).not.toHaveProperty('AWS_REGION');
    const identity = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe(account);
    const answer = await new ECRClient(settings).send(new GetAuthorizationTokenCommand({}));
    expect(answer.authorizationData).toHaveLength(1);
    const inHome = { ...settings, region: 'us-east-1' };
    const open = await new ECRPUBLICClient(inHome).send(new PublicTokenCommand({}));
    expect(open.authorizationData).toHaveProperty('authorizationToken');
  });
});

/** The `proxyEndpoint` of each entry. */
async function endpointsOf(client: ECRClient, registryIds?: string[]): Promise<(string | undefined)[]> {
  const command = new GetAuthorizationTokenCommand(registryIds === undefined ? {} : { registryIds });
  return ((await client.send(command)).authorizationData ?? []).map((data) => data.proxyEndpoint);
}
