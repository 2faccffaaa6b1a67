import { expect, test } from 'vitest';
import { account, createFixture } from './fixture.ts';
import { createSecret, editSecret, getSecret, logsIn, passwordsIn, secretWhere } from './pull-secrets.ts';
import { conditionOf, createRegistry, notReady, ready, region, type Spec } from './registries.ts';

const f = await createFixture();
await f.startOperator(['--runtime-service-account=engine']);
await f.puller('engine');

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

let users = 0;

/** An IAM user with a key of its own. */
function addUser(): Keys & { readonly arn: string } {
  users += 1;
  const digits = String(users).padStart(2, '0');
  const keys = {
    accessKeyId: `AKIAIOSFODNN7EXAMP${digits}`,
    secretAccessKey: `wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE+${digits}`,
  };
  const arn = `arn:aws:iam::${account}:user/ci-${users}`;
  f.aws.iam.user({ arn, ...keys });
  return { arn, ...keys };
}

const withKeyOf = (secretName: string): Spec => ({
  region,
  credentials: { source: 'AccessKey', accessKey: { secretName } },
});

const keySecret = (name: string, { accessKeyId, secretAccessKey }: Keys) =>
  createSecret(f, name, { stringData: { accessKeyId, secretAccessKey } });

test('keys that end in a line break, as echo writes them, work', async () => {
  const user = addUser();
  const { accessKeyId, secretAccessKey } = user;
  await keySecret('echoed', { accessKeyId: `${accessKeyId}\n`, secretAccessKey: `${secretAccessKey}\r\n` });
  await createRegistry(f, 'echoed', withKeyOf('echoed'));
  const { status } = await ready(f, 'echoed');
  expect(status?.identity).toEqual({ callerArn: user.arn });
  const secret = await getSecret(f, 'echoed-ecr');
  expect([...passwordsIn(secret).keys()]).toEqual([`${account}.dkr.ecr.${region}.amazonaws.com`]);
  expect(await logsIn(f, secret)).toBe(true);
});

test('a malformed key is named without being printed, and its correction is picked up at once', async () => {
  const user = addUser();
  const cut = `${user.secretAccessKey.slice(0, 20)} ${user.secretAccessKey.slice(20)}`;
  await keySecret('malformed', { ...user, secretAccessKey: cut });
  f.aws.resetCalls();
  await createRegistry(f, 'malformed', withKeyOf('malformed'));
  const message = await notReady(f, 'malformed', 'InvalidAccessKey');
  expect(message).toContain(`key secretAccessKey of Secret ${f.namespace}/malformed has white space inside`);
  expect(message).not.toContain(user.secretAccessKey.slice(0, 20));
  expect(f.aws.calls()).toEqual([]);
  await editSecret(f, 'malformed', { stringData: { secretAccessKey: user.secretAccessKey } });
  await ready(f, 'malformed');
});

test('a missing key is named by its field', async () => {
  await createSecret(f, 'incomplete', { stringData: { accessKeyId: addUser().accessKeyId } });
  await createRegistry(f, 'incomplete', withKeyOf('incomplete'));
  const message = await notReady(f, 'incomplete', 'InvalidAccessKey');
  expect(message).toContain(`key secretAccessKey of Secret ${f.namespace}/incomplete is missing or empty`);
});

test('a key that AWS does not know is not printed either', async () => {
  const user = addUser();
  f.aws.iam.deleteAccessKey(user.accessKeyId);
  await keySecret('revoked', user);
  await createRegistry(f, 'revoked', withKeyOf('revoked'));
  const message = await notReady(f, 'revoked', 'InvalidAccessKey');
  expect(message).toContain(`access key of Secret ${f.namespace}/revoked`);
  expect(message).not.toContain(user.accessKeyId);
});

test('new keys in the Secret are used at once, and bad ones keep the login that is there', async () => {
  const [first, second] = [addUser(), addUser()];
  await keySecret('rotated', first);
  await createRegistry(f, 'rotated', withKeyOf('rotated'));
  await ready(f, 'rotated');
  const before = await getSecret(f, 'rotated-ecr');
  await editSecret(f, 'rotated', { stringData: { secretAccessKey: second.secretAccessKey } });
  expect(await notReady(f, 'rotated', 'InvalidSecretKey')).toContain('the Secret keeps its login');
  expect(await getSecret(f, 'rotated-ecr')).toEqual(before);
  const { accessKeyId, secretAccessKey } = second;
  await editSecret(f, 'rotated', { stringData: { accessKeyId, secretAccessKey } });
  expect((await ready(f, 'rotated')).status?.identity?.callerArn).toBe(second.arn);
  expect((await getSecret(f, 'rotated-ecr')).data).not.toEqual(before.data);
});

test('a key Secret that does not exist yet is waited for, and no service account is used in its place', async () => {
  const user = addUser();
  f.aws.resetCalls();
  await createRegistry(f, 'awaited', withKeyOf('awaited'));
  const message = await notReady(f, 'awaited', 'AccessKeyNotFound');
  expect(message).toContain(
    `Secret ${f.namespace}/awaited of spec.credentials.accessKey.secretName does not exist`,
  );
  expect(await conditionOf(f, 'awaited', 'CredentialsResolved')).toMatchObject({ status: 'False' });
  expect(f.aws.calls()).toEqual([]);
  await keySecret('awaited', user);
  await ready(f, 'awaited');
  await secretWhere(f, 'awaited-ecr', 'to log in', (secret) => logsIn(f, secret));
});
