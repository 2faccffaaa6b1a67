import { expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { serviceAccounts } from '../../src/kube/object.ts';
import { createFixture } from '../operator/fixture.ts';
import { deleteSecret, secretWhere } from '../operator/pull-secrets.ts';
import { createRegistry, patchSpec, ready, specFor } from '../operator/registries.ts';
import {
  accountWrites,
  createAccount,
  inNamespace,
  linked,
  pullSecretsOf,
  recordOf,
  setPullSecrets,
} from './accounts.ts';

const f = await createFixture();
await f.puller('puller');
await f.startOperator();

const account = (name: string): string => inNamespace(f, name);
const linking = (...names: string[]) => specFor('puller', { imagePullSecrets: { serviceAccounts: names } });

test('the Secret of a registry is added behind what a service account names already, and to no other', async () => {
  await createAccount(f, account('app'), ['mine', 'other']);
  await createAccount(f, account('build-1'));
  await createRegistry(f, 'prod', linking('app', 'build-*'));
  await linked(f, account('app'), ['mine', 'other', 'prod-ecr']);
  await linked(f, account('build-1'), ['prod-ecr']);
  expect(await recordOf(f, account('app'))).toBe('prod-ecr');
  expect(await pullSecretsOf(f, account('puller'))).toEqual([]);
  expect((await accountWrites(f)).toSorted()).toEqual([account('app'), account('build-1')]);
});

test('a new service account is linked', async () => {
  await createAccount(f, account('build-2'), ['mine']);
  await linked(f, account('build-2'), ['mine', 'prod-ecr']);
});

test('what a user takes out comes back, and what a user adds stays', async () => {
  await setPullSecrets(f, account('app'), ['mine', 'new']);
  await linked(f, account('app'), ['mine', 'new', 'prod-ecr']);
  const before = await accountWrites(f);
  await setPullSecrets(f, account('app'), ['mine', 'prod-ecr', 'new']);
  await createAccount(f, account('build-3'));
  await linked(f, account('build-3'), ['prod-ecr']);
  expect(await accountWrites(f)).toEqual([...before, account('build-3')]);
  expect(await pullSecretsOf(f, account('app'))).toEqual(['mine', 'prod-ecr', 'new']);
});

test('a user who applies another list on the server is told whose the list is, and may take it over', async () => {
  const metadata = { namespace: f.namespace, name: 'build-1' };
  const body = { metadata, imagePullSecrets: [{ name: 'theirs' }] };
  const apply = (force: boolean) =>
    f.client.apply(serviceAccounts, body, { fieldManager: 'their-tool', force });
  await expect(apply(false)).rejects.toThrow(/conflict with "ecr-operator"/);
  await apply(true);
  await linked(f, account('build-1'), ['theirs', 'prod-ecr']);
});

test('a Secret that gets another name is swapped in one write, when the new one is there', async () => {
  const before = (await accountWrites(f)).length;
  await patchSpec(f, 'prod', { secret: { name: 'renamed' } });
  await linked(f, account('build-2'), ['mine', 'renamed']);
  await linked(f, account('app'), ['mine', 'new', 'renamed']);
  await ready(f, 'prod');
  const writes = (await accountWrites(f)).slice(before);
  expect(writes.filter((name) => name === account('build-2'))).toHaveLength(1);
});

test('a Secret that is deleted and comes back changes no service account', async () => {
  const before = await accountWrites(f);
  const { metadata } = await secretWhere(f, 'renamed', 'to be there', () => true);
  await deleteSecret(f, 'renamed');
  await secretWhere(f, 'renamed', 'to be back', (secret) => secret.metadata.uid !== metadata.uid);
  await createAccount(f, account('build-4'));
  await linked(f, account('build-4'), ['renamed']);
  expect(await accountWrites(f)).toEqual([...before, account('build-4')]);
});

test('two registries link the same service account', async () => {
  await createRegistry(f, 'base', linking('build-4'));
  await linked(f, account('build-4'), ['base-ecr', 'renamed']);
  await f.client.delete(ecrRegistries, { namespace: f.namespace, name: 'base' });
  await linked(f, account('build-4'), ['renamed']);
});

test('a service account that is not named any more loses the link', async () => {
  await patchSpec(f, 'prod', { imagePullSecrets: { serviceAccounts: ['app'] } });
  await linked(f, account('build-2'), ['mine']);
  await linked(f, account('build-4'), []);
  expect(await recordOf(f, account('build-2'))).toBeUndefined();
  expect(await pullSecretsOf(f, account('app'))).toEqual(['mine', 'new', 'renamed']);
});

test('an entry that a user made before us is not ours, and stays when the registry is deleted', async () => {
  await createAccount(f, account('manual'), ['by-hand']);
  await createRegistry(f, 'hand', {
    ...linking('manual', 'build-1'),
    secret: { name: 'by-hand' },
  });
  await linked(f, account('build-1'), ['theirs', 'by-hand']);
  await f.client.delete(ecrRegistries, { namespace: f.namespace, name: 'hand' });
  await linked(f, account('build-1'), ['theirs']);
  expect(await pullSecretsOf(f, account('manual'))).toEqual(['by-hand']);
  expect(await recordOf(f, account('manual'))).toBeUndefined();
});

test('links go with the registry, foreign entries stay', async () => {
  await f.client.delete(ecrRegistries, { namespace: f.namespace, name: 'prod' });
  await linked(f, account('app'), ['mine', 'new']);
  expect(await recordOf(f, account('app'))).toBeUndefined();
});
