import { expect, test } from 'vitest';
import { account, createFixture } from './fixture.ts';
import { getSecret, logsIn, passwordsIn } from './pull-secrets.ts';
import { createRegistry, patchSpec, ready, specFor } from './registries.ts';

const f = await createFixture();
await f.startOperator();
await f.puller('puller');
const accounts = [account, '444455556666', '777788889999'];
const regions = ['eu-west-1', 'us-east-1'];
const registries = regions.flatMap((region) => accounts.map((accountId) => ({ accountId, region })));
const hosts = registries
  .map(({ accountId, region }) => `${accountId}.dkr.ecr.${region}.amazonaws.com`)
  .toSorted();

test('three accounts in two regions are one Secret, one STS call and two ECR calls', async () => {
  await createRegistry(f, 'all', specFor('puller', { registries }));
  const { status } = await ready(f, 'all');
  const secret = await getSecret(f, 'all-ecr');
  expect([...passwordsIn(secret).keys()].toSorted()).toEqual(hosts);
  expect(await logsIn(f, secret)).toBe(true);
  expect(status?.registries?.map(({ host }) => host).toSorted()).toEqual(hosts);
  const calls = f.aws.calls().map(({ operation, region }) => `${operation} ${region}`);
  expect(calls.toSorted()).toEqual([
    'AssumeRoleWithWebIdentity global',
    'GetAuthorizationToken eu-west-1',
    'GetAuthorizationToken us-east-1',
  ]);
});

test('a registry of a region that is there already is added without asking AWS, and a removed one goes', async () => {
  f.aws.resetCalls();
  const before = passwordsIn(await getSecret(f, 'all-ecr'));
  const added = { accountId: '999900001111', region: 'us-east-1' };
  await patchSpec(f, 'all', { registries: [...registries.slice(1), added] });
  await ready(f, 'all');
  const after = passwordsIn(await getSecret(f, 'all-ecr'));
  expect(after.has(hosts[0] ?? '')).toBe(false);
  const newHost = '999900001111.dkr.ecr.us-east-1.amazonaws.com';
  expect(after.get(newHost)).toBe(before.get(`${account}.dkr.ecr.us-east-1.amazonaws.com`));
  expect(f.aws.calls()).toEqual([]);
});

test('a region that is no longer listed goes from the Secret and from the status', async () => {
  await patchSpec(f, 'all', { registries: registries.filter(({ region }) => region === 'eu-west-1') });
  const { status } = await ready(f, 'all');
  const left = hosts.filter((host) => host.includes('.eu-west-1.'));
  const secret = await getSecret(f, 'all-ecr');
  expect([...passwordsIn(secret).keys()].toSorted()).toEqual(left);
  expect(await logsIn(f, secret)).toBe(true);
  expect(status?.registries?.map(({ host }) => host).toSorted()).toEqual(left);
});

test('every form of a host name that is asked for is in the Secret, with the token of one call', async () => {
  f.aws.resetCalls();
  const entry = {
    accountId: account,
    region: 'us-west-2',
    endpoints: ['Standard' as const, 'DualStack' as const],
  };
  await createRegistry(f, 'forms', specFor('puller', { registries: [entry] }));
  await ready(f, 'forms');
  const passwords = passwordsIn(await getSecret(f, 'forms-ecr'));
  expect([...passwords.keys()]).toEqual([
    `${account}.dkr-ecr.us-west-2.on.aws`,
    `${account}.dkr.ecr.us-west-2.amazonaws.com`,
  ]);
  expect(new Set(passwords.values()).size).toBe(1);
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(1);
});
