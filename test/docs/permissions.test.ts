import { ECRPUBLICClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { account, fetchToken, region, startTestAws, type TestAws } from '../aws-local/fixture.ts';
import { inRepository, pushImage, type Repository, sha256 } from '../aws-local/registry-client.ts';
import { allowOf, policyNamed } from './local-iam.ts';

const keys = { accessKeyId: 'AKIADOCUMENTS0000001', secretAccessKey: 'secret-of-the-documents' };
const user = `arn:aws:iam::${account}:user/ecr-ci`;
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  aws.registry.createRepository(account, region, 'team-a/api');
  aws.registry.createRepository('public', 'us-east-1', 'team-a/api');
  allow(['ecr:*']);
  await pushImage(await login(), 'there', 'layer');
});
afterAll(() => aws.stop());

function allow(actions: readonly string[]): void {
  aws.iam.user({ arn: user, ...keys, allow: actions });
}

/** The repository with a login of the user. */
async function login(): Promise<Repository> {
  const token = await fetchToken(aws, keys);
  return { aws, host, name: 'team-a/api', headers: { authorization: `Basic ${token}` } };
}

/** Status codes of reading a manifest and a layer. */
async function pull(repo: Repository): Promise<number[]> {
  const manifest = await inRepository(repo, 'GET', 'manifests/there');
  const layer = await inRepository(repo, 'GET', `blobs/${sha256('layer')}`);
  return [manifest.status, layer.status];
}

/** The actions of a repository policy, for one principal. */
function repositoryAllows(name: string, role: string): readonly string[] {
  const statements = policyNamed(name).Statement;
  return statements.filter((s) => s.Principal?.AWS?.[0]?.endsWith(`/${role}`)).flatMap((s) => s.Action);
}

// The local AWS adds up the policies of identity and repository by their actions alone.
const pullPolicies: [string, () => readonly string[]][] = [
  ['pull.json', () => allowOf('pull.json')],
  ['cross-account-pull.json', () => allowOf('cross-account-pull.json')],
  [
    'login-only.json and the Pull statement of repository-policy.json',
    () => [...allowOf('login-only.json'), ...repositoryAllows('repository-policy.json', 'ecr-puller')],
  ],
  [
    'login-only.json and cross-account-repository-policy.json',
    () => [
      ...allowOf('login-only.json'),
      ...repositoryAllows('cross-account-repository-policy.json', 'ecr-puller'),
    ],
  ],
];

const pushPolicies: [string, () => readonly string[]][] = [
  ['push.json', () => allowOf('push.json')],
  [
    'login-only.json and the push statement of repository-policy.json',
    () => [...allowOf('login-only.json'), ...repositoryAllows('repository-policy.json', 'ecr-pusher')],
  ],
];

describe.each(pullPolicies)('%s', (_name, actions) => {
  it('is enough to pull, and not to push', async () => {
    allow(actions());
    const repo = await login();
    expect((await pull(repo)).every((status) => status < 400)).toBe(true);
    expect((await inRepository(repo, 'POST', 'blobs/uploads/')).status).toBe(403);
  });
});

describe.each(pushPolicies)('%s', (_name, actions) => {
  it('is enough to push an image and to pull it', async () => {
    allow(actions());
    const repo = await login();
    await pushImage(repo, 'pushed', 'another layer');
    expect((await pull(repo)).every((status) => status < 400)).toBe(true);
  });
});

it('login-only.json gives a login that opens no repository', async () => {
  allow(allowOf('login-only.json'));
  expect((await inRepository(await login(), 'GET', 'manifests/there')).status).toBe(403);
});

it('a repository policy alone gives no login', async () => {
  allow(allowOf('repository-policy.json'));
  await expect(login()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

describe('ECR Public', () => {
  const publicToken = async (): Promise<string> => {
    const client = new ECRPUBLICClient({ region: 'us-east-1', endpoint: aws.endpoint, credentials: keys });
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    return authorizationData?.authorizationToken ?? '';
  };
  const repository = async (): Promise<Repository> => ({
    aws,
    host: 'public.ecr.aws',
    name: 'team-a/api',
    headers: { authorization: `Bearer ${await publicToken()}` },
  });

  it('gives a login for public-pull.json, and for neither of its two actions alone', async () => {
    const actions = allowOf('public-pull.json');
    allow(actions);
    expect(await publicToken()).not.toBe('');
    expect(actions).toHaveLength(2);
    for (const action of actions) {
      allow([action]);
      await expect(publicToken(), action).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
  });

  it('takes a push with public-push.json, and none with public-pull.json', async () => {
    allow(allowOf('public-push.json'));
    await pushImage(await repository(), 'v1');
    allow(allowOf('public-pull.json'));
    await expect(pushImage(await repository(), 'v2', 'more')).rejects.toThrow(/.+/);
  });
});
