import { expect, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { events, type KubeObject, secrets } from '../../src/kube/object.ts';
import { readKubeconfig } from '../support/controlplane/kubeconfig.ts';
import { account, addRole, createFixture, trustIn } from './fixture.ts';
import { createSecret, editSecret, getSecret, passwordsIn } from './pull-secrets.ts';
import { annotate, createRegistry, notReady, ready, region, type Spec, specFor } from './registries.ts';
import { startRecordingAws } from './recording-aws.ts';

const f = await createFixture();
const recorded = await startRecordingAws(f.aws.endpoint);
const { endpoint } = recorded;
const operatorKeys = {
  AWS_ACCESS_KEY_ID: 'AKIAOPERATORCANARY00',
  AWS_SECRET_ACCESS_KEY: 'OperatorCanary/'.repeat(3),
};
const env = {
  ...operatorKeys,
  AWS_ENDPOINT_URL_STS: endpoint,
  AWS_ENDPOINT_URL_ECR: endpoint,
  AWS_ENDPOINT_URL_ECR_PUBLIC: endpoint,
};
const operator = await f.startOperator(['--log-level=trace', '--allow-operator-identity'], env);

const user = { accessKeyId: 'AKIAUSERCANARY000000', secretAccessKey: 'UserCanary+'.repeat(4) };
f.aws.iam.user({ arn: `arn:aws:iam::${account}:user/ci`, ...user });
f.aws.iam.user({
  arn: `arn:aws:iam::${account}:user/operator`,
  accessKeyId: operatorKeys.AWS_ACCESS_KEY_ID,
  secretAccessKey: operatorKeys.AWS_SECRET_ACCESS_KEY,
});

/** Text of everything that the operator shows to anybody, apart from the data of its Secrets. */
const shown = new Map<string, string>();
/** Secrets that do not go by the local AWS. */
const known = new Set<string>([user.secretAccessKey, operatorKeys.AWS_SECRET_ACCESS_KEY]);

async function lookEverywhere(): Promise<void> {
  const { namespace, client } = f;
  shown.set('output', operator.output.join('\n'));
  shown.set('metrics', (await operator.get('/metrics')).body);
  for (const [what, type] of [
    ['registries', ecrRegistries],
    ['events', events],
  ] as const)
    shown.set(what, JSON.stringify(await client.list<KubeObject>(type, { namespace })));
  const ours = await client.list<KubeObject>(secrets, { namespace, metadataOnly: true });
  shown.set('metadata of Secrets', JSON.stringify(ours));
}

/** Pieces of a secret, so that one that is cut or embedded is found too. */
function piecesOf(secret: string): string[] {
  const length = 24;
  if (secret.length <= length) return [secret];
  return Array.from({ length: Math.floor(secret.length / length) }, (_, i) =>
    secret.slice(i * length, (i + 1) * length),
  );
}

function leaks(): string[] {
  const all = [...recorded.secrets, ...known];
  // The first part of a JWT says how it is signed and is no secret.
  const pieces = all.flatMap((secret) => piecesOf(secret.replace(/^eyJ[\w-]+\./, '')));
  return [...shown].flatMap(([where, text]) =>
    pieces.filter((piece) => text.includes(piece)).map((piece) => `${where}: ${piece}`),
  );
}

const requestRefresh = (name: string): Promise<void> =>
  annotate(f, name, { [annotations.refreshRequestedAt]: new Date().toISOString() });

test('no secret is shown while all goes well', async () => {
  await f.puller('puller', {
    allow: ['sts:AssumeRole', 'ecr:*', 'ecr-public:*', 'sts:GetServiceBearerToken'],
  });
  const hop = `arn:aws:iam::${account}:role/hop`;
  const arns = [`arn:aws:iam::${account}:role/puller`];
  f.aws.iam.role({ arn: hop, trust: [{ kind: 'principal', arns }] });
  await createSecret(f, 'key', { stringData: user });
  const specs: Record<string, Spec> = {
    account: specFor('puller', { public: true }),
    chain: {
      region,
      credentials: { serviceAccounts: { account: 'puller' }, assumeRoles: [{ roleArn: hop }] },
    },
    key: { region, credentials: { source: 'AccessKey', accessKey: { secretName: 'key' } } },
    operator: { region, credentials: { source: 'Operator' } },
  };
  for (const [name, spec] of Object.entries(specs)) {
    await createRegistry(f, name, spec);
    await ready(f, name);
    for (const password of passwordsIn(await getSecret(f, `${name}-ecr`)).values()) known.add(password);
  }
  const kubeconfig = readKubeconfig(f.operatorKubeconfig);
  known.add('token' in kubeconfig ? kubeconfig.token : '');
  await lookEverywhere();
  // What is looked for was found where it belongs: JWT, keys and tokens of both roles, logins.
  expect(recorded.secrets.size).toBeGreaterThanOrEqual(9);
  expect(known.size).toBeGreaterThanOrEqual(7);
  expect(shown.get('output')).toContain('account');
  expect(shown.get('metrics')).toContain('ecr_operator_tokens_issued_total');
  expect(leaks()).toEqual([]);
});

test('no secret is shown when AWS quotes them in its errors', async () => {
  for (const name of ['account', 'chain', 'key', 'operator']) {
    const before = recorded.quoted;
    recorded.quoteSecrets(1);
    await requestRefresh(name);
    await expect.poll(() => recorded.quoted).toBeGreaterThan(before);
  }
  await f.puller('quoted');
  recorded.quoteSecrets(1);
  await createRegistry(f, 'quoted', specFor('quoted'));
  expect(await notReady(f, 'quoted', 'InvalidIdentityToken')).toContain('[redacted]');
  await lookEverywhere();
  expect(leaks()).toEqual([]);
});

test('no secret is shown when keys are malformed, roles refuse and answers are garbled', async () => {
  const broken = `Broken Canary ${'x'.repeat(10)} ${'Canary/'.repeat(6)}`;
  known.add(broken);
  await createSecret(f, 'broken-key', { stringData: { ...user, secretAccessKey: broken } });
  const accessKey = { secretName: 'broken-key' };
  await createRegistry(f, 'broken', { region, credentials: { source: 'AccessKey', accessKey } });
  await notReady(f, 'broken', 'InvalidAccessKey');
  const wrong = 'WrongButWellFormedCanary'.repeat(2);
  known.add(wrong);
  await editSecret(f, 'broken-key', { stringData: { secretAccessKey: wrong } });
  await notReady(f, 'broken', 'InvalidSecretKey');
  await f.puller('distrusted', { trust: [trustIn(f.namespace, 'nobody')] });
  await createRegistry(f, 'distrusted', specFor('distrusted'));
  await notReady(f, 'distrusted', 'TrustPolicyDenied');
  addRole(f.aws, f.namespace, 'puller', { allow: [] });
  await requestRefresh('account');
  await notReady(f, 'account', 'GetAuthorizationTokenDenied');
  const body = {
    raw: `{"authorizationData":[{"authorizationToken":"QVdTOmNhbmFyeS1pbi1hLWdhcmJsZWQtYW5zd2Vy`,
  };
  known.add('QVdTOmNhbmFyeS1pbi1hLWdhcmJsZWQtYW5zd2Vy');
  f.aws.faults.inject({ service: 'ecr', kind: 'body', body });
  await f.puller('garbled');
  await createRegistry(f, 'garbled', specFor('garbled'));
  await notReady(f, 'garbled', 'UnreadableAnswer');
  await lookEverywhere();
  expect(leaks()).toEqual([]);
});

test('no secret is shown by stopping', async () => {
  await lookEverywhere();
  expect(await operator.stop()).toBe(0);
  shown.set('output', operator.output.join('\n'));
  expect(leaks()).toEqual([]);
});
