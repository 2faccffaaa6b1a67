import { beforeAll, expect, test } from 'vitest';
import type { ClusterEcrRegistry } from '../../src/api/cluster-ecr-registry.ts';
import { type KubeObject, namespaces, type ResourceType, secrets } from '../../src/kube/object.ts';
import { annotations } from '../../src/api/names.ts';
import { waitFor } from '../support/wait-for.ts';
import { logsIn, pullSecretType, type Secret } from '../operator/pull-secrets.ts';
import {
  clusterRegistryWhere,
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  fannedOut,
  requestRefresh,
  secretsNamed,
} from './fixture.ts';

/** What can go wrong in one namespace goes wrong in that namespace only. */
const count = 40;
const f = await createClusterFixture();

const resourceQuotas: ResourceType = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  namespaced: true,
};

const reasonsIn = ({ status }: ClusterEcrRegistry): Record<string, string> =>
  Object.fromEntries((status?.failures ?? []).map(({ namespace, reason }) => [namespace, reason]));

beforeAll(async () => {
  await f.puller('puller');
  await createNamespaces(f, 'team', count, { team: 'yes' });
  const metadata = { namespace: 'team-1', name: 'shared-ecr' };
  await f.client.create(secrets, { metadata, type: 'Opaque', data: { a: 'Yg==' } } as KubeObject);
  const quota = { metadata: { namespace: 'team-2', name: 'none' }, spec: { hard: { secrets: '0' } } };
  await f.client.create(resourceQuotas, quota);
  // No controller of quotas runs here: admission reads what it would have written.
  const status = { hard: { secrets: '0' }, used: { secrets: '0' } };
  await f.client.mergePatch(resourceQuotas, quota.metadata, { status }, { subresource: 'status' });
  // A finalizer holds it in the state Terminating.
  const finalizer = { metadata: { name: 'team-3', finalizers: ['example.com/held'] } };
  await f.client.mergePatch(namespaces, { name: 'team-3' }, finalizer);
  await f.client.delete(namespaces, { name: 'team-3' });
  await f.startClusterOperator();
});

test('a name that is taken and a quota that is used up hold up no other namespace', async () => {
  await createClusterRegistry(f, 'shared', { namespaceSelector: { matchLabels: { team: 'yes' } } });
  const ready = `${count - 3}/${count - 1}`;
  const registry = await clusterRegistryWhere(
    f,
    'shared',
    `to be ${ready}`,
    ({ status }) => status?.ready === ready && status.targets?.failed === 2,
  );
  expect(reasonsIn(registry)).toEqual({ 'team-1': 'Conflict', 'team-2': 'WriteFailed' });
  const messages = registry.status?.failures?.map(({ message }) => message);
  expect(messages?.[0]).toContain('team-1/shared-ecr');
  expect(messages?.[1]).toContain('exceeded quota');
  const condition = registry.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(condition).toMatchObject({ status: 'False', reason: 'TargetsFailed' });
  const foreign = await f.client.get<Secret>(secrets, { namespace: 'team-1', name: 'shared-ecr' });
  expect(foreign).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
  expect(f.aws.countCalls()).toBe(2);
});

test('what is mended is made good by itself', async () => {
  await f.client.delete(resourceQuotas, { namespace: 'team-2', name: 'none' });
  await f.client.delete(secrets, { namespace: 'team-1', name: 'shared-ecr' });
  await fannedOut(f, 'shared', count - 1, 60_000);
  const secret = await f.client.get<Secret>(secrets, { namespace: 'team-1', name: 'shared-ecr' });
  expect(secret?.type).toBe(pullSecretType);
  expect(await logsIn(f, secret as Secret)).toBe(true);
});

test('an immutable Secret holds up no other, and is made anew when it is deleted', async () => {
  const key = { namespace: 'team-4', name: 'shared-ecr' };
  await f.client.mergePatch(secrets, key, { immutable: true });
  await requestRefresh(f, 'shared');
  const renewed = await clusterRegistryWhere(
    f,
    'shared',
    'to be renewed but for one',
    ({ status }) => status?.targets?.failed === 1 && status.ready === `${count - 2}/${count - 1}`,
  );
  expect(reasonsIn(renewed)).toEqual({ 'team-4': 'WriteFailed' });
  expect(renewed.status?.failures?.[0]?.message).toContain('immutable');
  await f.client.delete(secrets, key);
  await fannedOut(f, 'shared', count - 1);
  expect(await logsIn(f, (await f.client.get<Secret>(secrets, key)) as Secret)).toBe(true);
});

test('a region that AWS refuses keeps no other region from being renewed', async () => {
  // Ten seconds of life: due after five.
  f.aws.settings.update({ lifetimeScale: 4320 });
  const refused = 'us-east-1';
  const region = 'eu-west-1';
  const mend = f.aws.faults.inject({
    service: 'ecr',
    region: refused,
    kind: 'error',
    status: 400,
    code: 'AccessDeniedException',
  });
  await createClusterRegistry(f, 'regions', {
    namespaces: { include: ['team-5'] },
    registries: [refused, region].map((each) => ({ accountId: '111122223333', region: each })),
  });
  const key = { namespace: 'team-5', name: 'regions-ecr' };
  const issuedIn = async (): Promise<string> => {
    const secret = await f.client.get<Secret>(secrets, key);
    const records = JSON.parse(secret?.metadata.annotations?.[annotations.tokens] ?? '{}') as object;
    return (records as Record<string, { issued: string }>)[region]?.issued ?? '';
  };
  const first = await waitFor('the first login', issuedIn);
  await waitFor('the next login', async () => (await issuedIn()) > first, { timeoutMs: 20_000 });
  f.aws.settings.update({ lifetimeScale: 1 });
  mend();
});

test('what AWS refuses is asked for once for all namespaces, and all Secrets stay', async () => {
  const before = await secretsNamed(f, 'shared-ecr');
  f.aws.resetCalls();
  const mend = f.aws.faults.inject({
    service: 'ecr',
    kind: 'error',
    status: 400,
    code: 'AccessDeniedException',
  });
  await requestRefresh(f, 'shared');
  await clusterRegistryWhere(
    f,
    'shared',
    'to say what AWS said',
    ({ status }) =>
      status?.conditions?.some(({ type, status: s }) => type === 'TokensFresh' && s === 'False') === true,
  );
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(1);
  expect(await secretsNamed(f, 'shared-ecr')).toEqual(before);
  mend();
  await requestRefresh(f, 'shared');
  await fannedOut(f, 'shared', count - 1, 60_000);
});
