import { expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { createClusterFixture, createClusterRegistry } from '../fan-out/fixture.ts';
import { test as verify, verifiedCondition } from './fixture.ts';
import { outline } from './outline.ts';

const f = await createClusterFixture();
const { proxyUrl, caFile } = f.aws.registry;
const everywhere = ['--watch-namespace=', `--cluster-identity-namespace=${f.namespace}`];
await f.startOperator(everywhere, { HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: caFile });

test('a cluster registry is verified with the service account of its identity namespace', async () => {
  await f.puller('puller');
  await createClusterRegistry(f, 'shared', { namespaces: { include: ['nowhere'] } });
  const { verification, ...object } = await verify(f, 'shared', clusterEcrRegistries);
  expect(outline(verification.stages)).toEqual([
    'ok ServiceAccount',
    'ok WebIdentityToken',
    'ok AssumeRole',
    'ok CallerIdentity',
    'ok AuthorizationToken',
    'ok RegistryPing',
  ]);
  expect(verification.stages[0]?.subject).toBe(`${f.namespace}/puller`);
  expect(verifiedCondition(object)).toMatchObject({ status: 'True', reason: 'Verified' });
});

test('one whose service account is missing says in which namespace', async () => {
  const credentials = { serviceAccounts: { account: 'absent' } };
  await createClusterRegistry(f, 'broken', { credentials, namespaces: { include: ['nowhere'] } });
  const { verification } = await verify(f, 'broken', clusterEcrRegistries);
  expect(outline(verification.stages)).toEqual(['failed ServiceAccount']);
  expect(verification.stages[0]?.message).toContain(`service account ${f.namespace}/absent`);
});
