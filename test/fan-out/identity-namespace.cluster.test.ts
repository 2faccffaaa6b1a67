import { beforeAll, expect, test } from 'vitest';
import { type EcrPipeline, ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { createRegistry, ready, specFor } from '../operator/registries.ts';
import { waitFor } from '../support/wait-for.ts';
import { clusterRegistryWhere, createClusterFixture, createClusterRegistry } from './fixture.ts';

/** Nobody said in which namespace the identities of cluster registries live. */
const f = await createClusterFixture();

beforeAll(async () => {
  await f.puller('puller');
  await f.startClusterOperator(['--cluster-identity-namespace=']);
});

test('a cluster registry says that it is not known where its identities live', async () => {
  await createClusterRegistry(f, 'shared', { namespaces: { include: [f.namespace] } });
  const { status } = await clusterRegistryWhere(f, 'shared', 'to be refused', (r) => r.status !== undefined);
  expect(status?.conditions?.[0]).toMatchObject({ type: 'Ready', reason: 'NoIdentityNamespace' });
});

test('a pipeline that names it says so too, and logs in to its other registries', async () => {
  await createRegistry(f, 'own', specFor('puller'));
  await ready(f, 'own');
  const metadata = { namespace: f.namespace, name: 'app' };
  const registries = [{ kind: 'ClusterEcrRegistry', name: 'shared' }, { name: 'own' }];
  await f.client.create(ecrPipelines, { metadata, spec: { registries } } as unknown as EcrPipeline);
  const secret = await waitFor('the Secret of the pipeline', async () => {
    const pipeline = await f.client.get<EcrPipeline>(ecrPipelines, metadata);
    const [found] = pipeline?.status?.secrets ?? [];
    return found?.expiresAt !== undefined && found;
  });
  expect(secret).toMatchObject({ ready: false, reason: 'NoIdentityNamespace' });
});
