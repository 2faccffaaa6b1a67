import { expect, test } from 'vitest';
import { addRole, account } from '../operator/fixture.ts';
import { operatorWrites } from '../operator/operator-writes.ts';
import { createSecret } from '../operator/pull-secrets.ts';
import { createRegistry, getRegistry, ready, region, specFor } from '../operator/registries.ts';
import { createVerificationFixture, secretVersions, test as verify, verifiedCondition } from './fixture.ts';
import { outline } from './outline.ts';

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const userArn = `arn:aws:iam::${account}:user/ci`;
const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

const f = await createVerificationFixture();
f.aws.iam.user({ arn: userArn, ...keys });
f.aws.registry.createRepository(account, region, 'team/app');
const operator = await f.startVerifier(['--allow-operator-identity'], env);

test('a healthy registry passes every stage, and neither its Secret nor a repository is changed', async () => {
  const arn = await f.puller('healthy');
  const repositories = [{ name: 'team/app', access: ['pull', 'push'] as ('pull' | 'push')[] }];
  await createRegistry(f, 'healthy', specFor('healthy', { verify: { repositories } }));
  await ready(f, 'healthy');
  const before = await secretVersions(f);
  f.aws.resetCalls();
  const { verification, ...object } = await verify(f, 'healthy');
  expect(outline(verification.stages)).toEqual([
    'ok ServiceAccount',
    'ok WebIdentityToken',
    'ok AssumeRole',
    'ok CallerIdentity',
    'ok AuthorizationToken',
    'ok RegistryPing',
    'ok Pull',
    'ok Push',
  ]);
  expect(verification.ok).toBe(true);
  expect(verification.stages.map(({ subject }) => subject)).toEqual([
    `${f.namespace}/healthy`,
    undefined,
    arn,
    undefined,
    region,
    host,
    `${host}/team/app:latest`,
    `${host}/team/app`,
  ]);
  expect(verification.stages.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^service account \S+\/healthy of level account wins and names arn:aws:iam::/),
    expect.stringMatching(/^the API server issued a token of service account/),
    expect.stringMatching(/^the role was assumed as session ecr-operator-/),
    expect.stringMatching(`^AWS calls the caller arn:aws:sts::${account}:assumed-role/healthy/`),
    expect.stringMatching(/^ECR gave an authorization token that is good until 20\S+Z$/),
    'the registry takes the login',
    'its manifests may be read; there is none with the tag latest',
    'an upload may be started and layers may be looked for; the upload that was started for it was cancelled',
  ]);
  expect(verifiedCondition(object)).toMatchObject({
    status: 'True',
    reason: 'Verified',
    message: expect.stringMatching(/^all 8 stages went through in \d+ ms$/),
    observedGeneration: object.metadata.generation,
  });
  expect(f.aws.registry.openUploads(account, region, 'team/app')).toBe(0);
  expect(await secretVersions(f)).toEqual(before);
  expect(f.aws.countCalls({ service: 'sts' })).toBe(1);
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(1);
});

test('that takes less than a second where each call to AWS takes 30 ms', async () => {
  f.aws.settings.update({ latencyMs: 30 });
  const { verification } = await verify(f, 'healthy');
  f.aws.settings.update({ latencyMs: 0 });
  const ms = verification.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
  console.log(`healthy, 30 ms latency: ${ms} ms in ${verification.stages.length} stages`);
  expect(ms).toBeGreaterThanOrEqual(60);
  expect(ms).toBeLessThan(1_000);
});

test('the other conditions stay as they are, and each writer leaves the part of the other alone', async () => {
  const before = await getRegistry(f, 'healthy');
  const types = before.status?.conditions?.map(({ type }) => type);
  expect(types).toEqual(['Ready', 'CredentialsResolved', 'TokensFresh', 'SecretSynced', 'Verified']);
  await f.client.mergePatch(
    {
      apiVersion: 'ecr-operator.dev/v1alpha1',
      kind: 'EcrRegistry',
      plural: 'ecrregistries',
      namespaced: true,
    },
    { namespace: f.namespace, name: 'healthy' },
    { spec: { secret: { labels: { late: 'yes' } } } },
  );
  await ready(f, 'healthy');
  const after = await getRegistry(f, 'healthy');
  expect(after.status?.verification).toEqual(before.status?.verification);
  expect(after.status?.conditions?.find(({ type }) => type === 'Verified')).toEqual(
    before.status?.conditions?.find(({ type }) => type === 'Verified'),
  );
  const { verification } = await verify(f, 'healthy');
  expect(verification.observedGeneration).toBe(after.metadata.generation);
  const { status: last } = await ready(f, 'healthy');
  expect(last).toMatchObject({ ...after.status, verification, conditions: expect.anything() });
});

test('a role chain is followed hop by hop', async () => {
  const first = await f.puller('chain-0', { allow: ['sts:AssumeRole'] });
  const second = addRole(f.aws, f.namespace, 'chain-1', {
    allow: ['sts:AssumeRole'],
    trust: [{ kind: 'principal', arns: [first] }],
  });
  const third = addRole(f.aws, f.namespace, 'chain-2', {
    account: '444455556666',
    trust: [{ kind: 'principal', arns: [second] }],
  });
  const assumeRoles = [{ roleArn: second }, { roleArn: third }];
  const credentials = { serviceAccounts: { account: 'chain-0' }, assumeRoles };
  await createRegistry(f, 'chain', { region, credentials, suspend: true });
  const { verification } = await verify(f, 'chain');
  expect(
    verification.stages.filter(({ name }) => name === 'AssumeRole').map(({ subject }) => subject),
  ).toEqual([first, second, third]);
  expect(verification.stages.at(-1)).toMatchObject({
    name: 'RegistryPing',
    ok: true,
    subject: `444455556666.dkr.ecr.${region}.amazonaws.com`,
  });
});

test('keys of a user have no stages of a service account', async () => {
  await createSecret(f, 'keys', { stringData: keys });
  const credentials = { source: 'AccessKey' as const, accessKey: { secretName: 'keys' } };
  await createRegistry(f, 'user', { region, credentials, suspend: true });
  const { verification } = await verify(f, 'user');
  expect(outline(verification.stages)).toEqual([
    'ok CallerIdentity',
    'ok AuthorizationToken',
    'ok RegistryPing',
  ]);
  expect(verification.stages[0]?.message).toBe(`AWS calls the caller ${userArn}`);
});

test("the operator's own identity has none either", async () => {
  await createRegistry(f, 'lent', { region, credentials: { source: 'Operator' }, suspend: true });
  const { verification } = await verify(f, 'lent');
  expect(outline(verification.stages)).toEqual([
    'ok CallerIdentity',
    'ok AuthorizationToken',
    'ok RegistryPing',
  ]);
});

test('ECR Public is logged in to with a token of its own', async () => {
  await f.puller('public');
  await createRegistry(f, 'public', specFor('public', { public: true, registries: [], suspend: true }));
  const { verification } = await verify(f, 'public');
  expect(verification.stages.slice(-3).map(({ name, ok, subject }) => [name, ok, subject])).toEqual([
    ['AuthorizationToken', true, 'ECR Public'],
    ['RegistryPing', true, 'public.ecr.aws'],
    ['RegistryPing', true, 'ecr-public.aws.com'],
  ]);
});

test('the counter of verifications counts them, and nothing but status was written for the suspended ones', async () => {
  const { body } = await operator.get('/metrics');
  expect(body).toMatch(/^ecr_operator_verifications_total\{kind="EcrRegistry",result="ok",stage=""\} \d+$/m);
  const writes = (await operatorWrites(f)).filter((write) => !write.includes('ecrregistries/status'));
  expect(new Set(writes.map((write) => write.split(' ').slice(1).join(' ')))).toEqual(
    new Set(['secrets healthy-ecr']),
  );
});
