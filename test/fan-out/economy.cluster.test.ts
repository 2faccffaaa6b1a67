import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { namespaces, secrets } from '../../src/kube/object.ts';
import { endedReconciles } from '../operator/metrics.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { printedColumns } from '../support/printed-columns.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  fannedOut,
  renewed,
  secretsNamed,
  secretWrites,
} from './fixture.ts';

/** The counts that `make bench` sees with 10,000 namespaces, with 500 of them. */
const count = 500;
const f = await createClusterFixture();
let operator: OperatorProcess;

beforeAll(async () => {
  await f.puller('puller');
  await createNamespaces(f, 'team', count, { team: 'yes' });
  await createNamespaces(f, 'other', 3);
  operator = await f.startClusterOperator();
});

const callsToAws = (): (string | number)[][] => f.aws.calls().map(({ operation, code }) => [operation, code]);

test('five hundred namespaces cost one STS call, one ECR call and one write each', async () => {
  await createClusterRegistry(f, 'shared', { namespaceSelector: { matchLabels: { team: 'yes' } } });
  await fannedOut(f, 'shared', count);
  expect(callsToAws()).toEqual([
    ['AssumeRoleWithWebIdentity', 200],
    ['GetAuthorizationToken', 200],
  ]);
  const named = [...(await secretsNamed(f, 'shared-ecr')).keys()];
  expect(named).toHaveLength(count);
  expect(named.every((namespace) => namespace.startsWith('team-'))).toBe(true);
  expect(await secretWrites(f)).toEqual({ create: count });
});

test('kubectl get shows how many Secrets there are, and how many fail', async () => {
  const { adminKubeconfig } = f.controlPlane;
  const columns = await printedColumns(
    adminKubeconfig,
    clusterEcrRegistries,
    { name: 'shared' },
    { wide: false },
  );
  expect(columns).toMatchObject({
    Name: 'shared',
    Ready: 'True',
    Secrets: `${count}/${count}`,
    Failed: 0,
    'Service Account': 'puller',
    Secret: 'shared-ecr',
  });
  const header = Object.keys(columns).map((column) => column.toUpperCase());
  const shown = /^NAME .*$/m.exec(readFileSync('docs/cluster-registries.md', 'utf8'))?.[0];
  expect(shown?.trim().split(/\s{2,}/)).toEqual(header);
});

test('a renewal costs one ECR call and one write each', async () => {
  f.aws.resetCalls();
  const before = await secretsNamed(f, 'shared-ecr');
  await renewed(f, 'shared', count);
  const after = await secretsNamed(f, 'shared-ecr');
  expect([...after].filter(([namespace, version]) => before.get(namespace) === version)).toEqual([]);
  expect(callsToAws()).toEqual([['GetAuthorizationToken', 200]]);
  expect(await secretWrites(f)).toEqual({ create: count, patch: count });
});

test('a restart writes no Secret and asks AWS nothing', async () => {
  f.aws.resetCalls();
  expect(await operator.stop()).toBe(0);
  operator = await f.startClusterOperator();
  await waitFor('every Secret to be looked at', async () => (await endedReconciles(operator)) > count);
  await fannedOut(f, 'shared', count);
  expect(await secretWrites(f)).toEqual({ create: count, patch: count });
  expect(callsToAws()).toEqual([]);
});

test('a new namespace gets its Secret with the token at hand, and nothing else is written', async () => {
  await createNamespaces(f, 'team-new', 1, { team: 'yes' });
  const { status } = await fannedOut(f, 'shared', count + 1);
  expect(status?.targets).toEqual({ desired: count + 1, ready: count + 1, failed: 0 });
  expect(await secretWrites(f)).toMatchObject({ create: count + 1, patch: count });
});

test('deleting it removes all of its Secrets and no other', async () => {
  const metadata = { namespace: 'team-0', name: 'foreign' };
  await f.client.create(secrets, { metadata, data: { a: 'Yg==' } } as never);
  const foreign = await f.client.get(secrets, metadata);
  await f.client.delete(clusterEcrRegistries, { name: 'shared' });
  await waitFor('all Secrets to be gone', async () => (await secretsNamed(f, 'shared-ecr')).size === 0, {
    timeoutMs: 60_000,
    everyMs: 200,
  });
  expect(await f.client.get(secrets, metadata)).toEqual(foreign);
  expect((await f.client.list(namespaces)).items.length).toBeGreaterThan(count);
});
