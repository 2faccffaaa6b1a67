import { expect, onTestFinished, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { type KubeObject, serviceAccounts } from '../../src/kube/object.ts';
import { account, addRole, createFixture, createServiceAccount, roleAnnotation, trustIn } from './fixture.ts';
import { findSecret, getSecret, logsIn } from './pull-secrets.ts';
import { annotate, createRegistry, getRegistry, notReady, ready, specFor } from './registries.ts';

/** A lower level that works is at hand in every test: it must never be used. */
const f = await createFixture();
await f.startOperator(['--runtime-service-account=engine', '--allow-operator-identity']);
await f.puller('engine');

const annotateAccount = async (name: string, roleArn: string): Promise<void> => {
  const metadata = { annotations: { [roleAnnotation]: roleArn } };
  await f.client.mergePatch<KubeObject>(serviceAccounts, { namespace: f.namespace, name }, { metadata });
};

/** Creates a registry that cannot become ready and checks that nothing was asked of AWS or written for it. */
async function refused(name: string, reason: string, { asksAws = false } = {}): Promise<string> {
  const before = f.aws.calls().length;
  await createRegistry(f, name, specFor(name));
  const message = await notReady(f, name, reason);
  expect(await findSecret(f, `${name}-ecr`)).toBeUndefined();
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(0);
  if (!asksAws) expect(f.aws.calls()).toHaveLength(before);
  return message;
}

/** Ready with no change of the registry itself. */
async function recovers(name: string): Promise<void> {
  onTestFinished(() => f.aws.resetCalls());
  const registry = await ready(f, name);
  expect(registry.metadata.generation).toBe(1);
  expect(registry.status?.identity).toMatchObject({ level: 'account', serviceAccount: name });
  expect(await logsIn(f, await getSecret(f, `${name}-ecr`))).toBe(true);
}

test('a winner that does not exist fails the registry, and its creation makes it ready at once', async () => {
  const message = await refused('absent', 'ServiceAccountNotFound');
  expect(message).toContain(
    `service account ${f.namespace}/absent of level account does not exist: create it`,
  );
  expect(message).toContain('spec.credentials.serviceAccounts.account');
  const { status } = await getRegistry(f, 'absent');
  expect(status?.identity).toEqual({ level: 'account', serviceAccount: 'absent' });
  await f.puller('absent');
  await recovers('absent');
});

test('a winner without a role fails the registry, and its annotation makes it ready at once', async () => {
  const role = addRole(f.aws, f.namespace, 'bare');
  await createServiceAccount(f.client, f.namespace, 'bare');
  const message = await refused('bare', 'NoRole');
  expect(message).toContain(`service account ${f.namespace}/bare of level account names no IAM role`);
  expect(message).toContain(`annotate it with ${roleAnnotation}=<role ARN>`);
  await annotateAccount('bare', role);
  await recovers('bare');
});

test('a winner that is created without a role is told apart from one that does not exist', async () => {
  await refused('born-bare', 'ServiceAccountNotFound');
  await createServiceAccount(f.client, f.namespace, 'born-bare');
  await notReady(f, 'born-bare', 'NoRole');
});

test('a malformed role ARN is quoted with what is wrong, and its correction makes it ready at once', async () => {
  const role = addRole(f.aws, f.namespace, 'typo');
  const wrong = `arn:aws:iam::${account}:user/typo`;
  await createServiceAccount(f.client, f.namespace, 'typo', { [roleAnnotation]: wrong });
  const message = await refused('typo', 'InvalidRole');
  expect(message).toContain(
    `annotation ${roleAnnotation} of service account ${f.namespace}/typo of level account`,
  );
  expect(message).toContain(wrong);
  expect(message).toContain('write one such as arn:aws:iam::');
  await annotateAccount('typo', role);
  await recovers('typo');
});

test('a trust policy that refuses is named with the subject it must hold, and a requested refresh tries again at once', async () => {
  const role = await f.puller('distrusted', { trust: [trustIn(f.namespace, 'somebody-else')] });
  const message = await refused('distrusted', 'TrustPolicyDenied', { asksAws: true });
  expect(message).toContain(`service account ${f.namespace}/distrusted as ${role}`);
  expect(message).toContain(`sub system:serviceaccount:${f.namespace}:distrusted and aud sts.amazonaws.com`);
  expect(message).toMatch(/code AccessDenied, request [\w-]{36}/);
  expect(f.aws.countCalls({ operation: 'AssumeRoleWithWebIdentity' })).toBe(1);
  addRole(f.aws, f.namespace, 'distrusted');
  await annotate(f, 'distrusted', { [annotations.refreshRequestedAt]: new Date().toISOString() });
  await recovers('distrusted');
});

test('a role that trusts another audience refuses like one that does not trust', async () => {
  const trust = { ...trustIn(f.namespace, 'audience'), audience: 'vault.example.com' };
  await f.puller('audience', { trust: [trust] });
  const message = await refused('audience', 'TrustPolicyDenied', { asksAws: true });
  expect(message).toContain('aud sts.amazonaws.com');
});

test('an IAM OIDC provider without the audience is named as what to change', async () => {
  const { issuer } = f.controlPlane;
  f.aws.iam.oidcProvider(issuer, { clientIds: ['vault.example.com'] });
  onTestFinished(() => f.aws.iam.oidcProvider(issuer));
  await f.puller('provider');
  const message = await refused('provider', 'WrongAudience', { asksAws: true });
  expect(message).toContain('Add sts.amazonaws.com to the audiences');
});

test('a registry that cannot be used does not hold up the others', async () => {
  onTestFinished(() => f.aws.resetCalls());
  await createRegistry(f, 'neighbour', specFor('engine'));
  await ready(f, 'neighbour');
  expect((await getRegistry(f, 'born-bare')).status?.conditions?.[0]?.status).toBe('False');
});
