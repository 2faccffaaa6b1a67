import { expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { serviceAccounts } from '../../src/kube/object.ts';
import { account, createFixture, createServiceAccount, roleAnnotation } from '../operator/fixture.ts';
import { addRole } from '../operator/fixture.ts';
import { findSecret, getSecret, logsIn, passwordsIn, secretWhere } from '../operator/pull-secrets.ts';
import { createRegistry, patchSpec, specFor } from '../operator/registries.ts';
import { createPipeline, patchPipeline, pipelineNotReady, pipelineReady } from './pipelines.ts';

const f = await createFixture();
await f.startOperator();
await f.puller('puller');
const hostIn = (region: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`;
const inRegion = (region: string) => specFor('puller', { region });

/** Waits until the Secret logs in to these hosts and no other. */
const hostsOf = (secret: string, ...regions: string[]): Promise<unknown> =>
  secretWhere(f, secret, `to log in in ${regions.join(', ')}`, (found) => {
    const hosts = [...passwordsIn(found).keys()].toSorted();
    return hosts.join() === regions.map(hostIn).toSorted().join();
  });

test('a pipeline without a registry says so, and is ready as soon as there is one', async () => {
  await createPipeline(f, 'all', { triggers: [{ name: 'nightly' }] });
  expect(await pipelineNotReady(f, 'all', 'NoRegistries')).toBe(
    `there is no EcrRegistry in namespace ${f.namespace}: create one, it is used at once`,
  );
  expect(await findSecret(f, 'all-ecr')).toBeUndefined();
  await createRegistry(f, 'ireland', inRegion('eu-west-1'));
  await pipelineReady(f, 'all');
  await hostsOf('all-ecr', 'eu-west-1');
});

test('a registry that is made later joins every Secret, with the logins that are there left alone', async () => {
  const before = passwordsIn(await getSecret(f, 'all-ecr'));
  await createRegistry(f, 'ohio', inRegion('us-east-2'));
  for (const secret of ['all-ecr', 'all.nightly-ecr']) await hostsOf(secret, 'eu-west-1', 'us-east-2');
  const after = await getSecret(f, 'all-ecr');
  expect(passwordsIn(after).get(hostIn('eu-west-1'))).toBe(before.get(hostIn('eu-west-1')));
  expect(await logsIn(f, after)).toBe(true);
});

test('a pipeline that lists registries has these alone, and names one that does not exist', async () => {
  await createPipeline(f, 'some', { registries: [{ name: 'ohio' }, { name: 'oregon' }] });
  const message = await pipelineNotReady(f, 'some', 'RegistryNotFound');
  expect(message).toContain(`EcrRegistry ${f.namespace}/oregon of spec.registries does not exist: create it`);
  await hostsOf('some-ecr', 'us-east-2');
  await createRegistry(f, 'oregon', inRegion('us-west-2'));
  await pipelineReady(f, 'some');
  await hostsOf('some-ecr', 'us-east-2', 'us-west-2');
  await hostsOf('all-ecr', 'eu-west-1', 'us-east-2', 'us-west-2');
});

test('a registry that is deleted leaves the Secrets of those that take all, and stays where it is listed', async () => {
  const before = passwordsIn(await getSecret(f, 'some-ecr'));
  await f.client.delete(ecrRegistries, { namespace: f.namespace, name: 'oregon' });
  for (const secret of ['all-ecr', 'all.nightly-ecr']) await hostsOf(secret, 'eu-west-1', 'us-east-2');
  const message = await pipelineNotReady(f, 'some', 'RegistryNotFound');
  expect(message).toContain('the Secret keeps its login, good until');
  expect(passwordsIn(await getSecret(f, 'some-ecr'))).toEqual(before);
  await patchPipeline(f, 'some', { registries: [{ name: 'ohio' }] });
  await hostsOf('some-ecr', 'us-east-2');
});

test('a registry that is suspended keeps its login in the Secret while another one joins', async () => {
  const before = passwordsIn(await getSecret(f, 'all-ecr'));
  await patchSpec(f, 'ohio', { suspend: true });
  expect(await pipelineNotReady(f, 'all', 'Suspended')).toContain(`${f.namespace}/ohio is suspended`);
  await createRegistry(f, 'frankfurt', inRegion('eu-central-1'));
  await hostsOf('all-ecr', 'eu-central-1', 'eu-west-1', 'us-east-2');
  expect(passwordsIn(await getSecret(f, 'all-ecr')).get(hostIn('us-east-2'))).toBe(
    before.get(hostIn('us-east-2')),
  );
  await patchSpec(f, 'ohio', { suspend: false });
  await pipelineReady(f, 'all');
});

test('a service account that gets its role later makes the Secrets at once', async () => {
  await createServiceAccount(f.client, f.namespace, 'late');
  await createPipeline(f, 'late', { serviceAccount: 'late', registries: [{ name: 'ireland' }] });
  expect(await pipelineNotReady(f, 'late', 'NoRole')).toContain(`${f.namespace}/late of level pipeline`);
  const role = addRole(f.aws, f.namespace, 'late');
  const metadata = { annotations: { [roleAnnotation]: role } };
  await f.client.mergePatch(serviceAccounts, { namespace: f.namespace, name: 'late' }, { metadata });
  await pipelineReady(f, 'late');
  expect(await logsIn(f, await getSecret(f, 'late-ecr'))).toBe(true);
});
