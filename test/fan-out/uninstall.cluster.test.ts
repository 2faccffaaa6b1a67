import { beforeAll, expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import type { KubeObject, ResourceType } from '../../src/kube/object.ts';
import { createRegistry, ready, specFor } from '../operator/registries.ts';
import { installCrds } from '../support/install-crds.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  fannedOut,
  secretsNamed,
} from './fixture.ts';

const f = await createClusterFixture();
let operator: OperatorProcess;

const crds: ResourceType = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

beforeAll(async () => {
  await f.puller('puller');
  await createNamespaces(f, 'team', 20, { team: 'yes' });
  operator = await f.startClusterOperator();
});

async function install(): Promise<void> {
  await createClusterRegistry(f, 'shared', { namespaceSelector: { matchLabels: { team: 'yes' } } });
  await createRegistry(f, 'own', specFor('puller'));
  await fannedOut(f, 'shared', 20);
  await ready(f, 'own');
}

const left = async (): Promise<number> =>
  (await secretsNamed(f, 'shared-ecr')).size + (await secretsNamed(f, 'own-ecr')).size;

const noSecretIsLeft = () =>
  waitFor('all Secrets to be gone', async () => (await left()) === 0, { timeoutMs: 60_000, everyMs: 100 });

test('objects that are deleted while no operator runs are gone at once, and the next operator removes their Secrets', async () => {
  await install();
  expect(await operator.stop()).toBe(0);
  await f.client.delete(clusterEcrRegistries, { name: 'shared' });
  await f.client.delete(ecrRegistries, { namespace: f.namespace, name: 'own' });
  expect(await f.client.get(clusterEcrRegistries, { name: 'shared' })).toBeUndefined();
  expect(await f.client.get(ecrRegistries, { namespace: f.namespace, name: 'own' })).toBeUndefined();
  expect(await left()).toBe(21);
  operator = await f.startClusterOperator();
  await noSecretIsLeft();
});

// The operator waits some seconds before it takes a kind that is not served for gone.
test(
  'CRDs that are deleted first take objects and Secrets along, and the operator works again when they are back',
  { timeout: 150_000 },
  async () => {
    await install();
    const { items } = await f.client.list<KubeObject>(crds);
    for (const { metadata } of items) await f.client.delete(crds, { name: metadata.name });
    await waitFor('the CRDs to be gone', async () => (await f.client.list(crds)).items.length === 0, {
      timeoutMs: 30_000,
    });
    await noSecretIsLeft();
    expect((await operator.get('/healthz')).status).toBe(200);
    await installCrds(f.client);
    // The watches are opened again within their back-off.
    await createClusterRegistry(f, 'again', { namespaceSelector: { matchLabels: { team: 'yes' } } });
    await fannedOut(f, 'again', 20, 55_000);
  },
);
