import { beforeAll, expect, test } from 'vitest';
import { type EcrPipeline, ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { secrets } from '../../src/kube/object.ts';
import { addRole, createServiceAccount, roleAnnotation } from '../operator/fixture.ts';
import { logsIn, passwordsIn, type Secret } from '../operator/pull-secrets.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  fannedOut,
  labelNamespace,
} from './fixture.ts';

const f = await createClusterFixture();
const namespace = 'ci-0';
const host = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

beforeAll(async () => {
  await f.puller('puller');
  await createNamespaces(f, 'ci', 1, { team: 'yes' });
  const role = addRole(f.aws, namespace, 'pusher');
  await createServiceAccount(f.client, namespace, 'pusher', { [roleAnnotation]: role });
  await f.startClusterOperator();
  await createClusterRegistry(f, 'shared', { namespaceSelector: { matchLabels: { team: 'yes' } } });
  await fannedOut(f, 'shared', 1);
  await f.client.create(ecrPipelines, {
    metadata: { namespace, name: 'app' },
    spec: {
      registries: [{ kind: 'ClusterEcrRegistry', name: 'shared' }],
      triggers: [{ name: 'release', serviceAccount: 'pusher' }],
    },
  } as unknown as EcrPipeline);
});

const pipelineWhere = (what: string, check: (pipeline: EcrPipeline) => boolean): Promise<EcrPipeline> =>
  waitFor(`the pipeline ${what}`, async () => {
    const pipeline = await f.client.get<EcrPipeline>(ecrPipelines, { namespace, name: 'app' });
    if (pipeline !== undefined && check(pipeline)) return pipeline;
    throw new Error(JSON.stringify(pipeline?.status));
  });

const secretOf = (name: string): Promise<Secret> =>
  waitFor(`Secret ${name}`, () => f.client.get<Secret>(secrets, { namespace, name }));

test('a pipeline logs in to a cluster registry: levels of the registry from its namespace, its own from its own', async () => {
  const { status } = await pipelineWhere('to be ready', (p) => p.status?.ready === '2/2');
  expect(status?.secrets?.map(({ secretName, winners }) => [secretName, winners])).toEqual([
    ['app-ecr', [{ registry: 'ClusterEcrRegistry/shared', level: 'account', serviceAccount: 'puller' }]],
    [
      'app.release-ecr',
      [{ registry: 'ClusterEcrRegistry/shared', level: 'trigger', serviceAccount: 'pusher' }],
    ],
  ]);
  for (const name of ['app-ecr', 'app.release-ecr']) expect(await logsIn(f, await secretOf(name))).toBe(true);
  const own = passwordsIn(await secretOf('app-ecr')).get(host);
  expect(own).toBe(passwordsIn(await secretOf('shared-ecr')).get(host));
  expect(passwordsIn(await secretOf('app.release-ecr')).get(host)).not.toBe(own);
});

test('where the registry selects the namespace no more, its login goes and the pipeline says why', async () => {
  await labelNamespace(f, namespace, { team: null });
  const { status } = await pipelineWhere('to be refused', (p) => p.status?.ready === '0/2');
  expect(status?.conditions?.[0]).toMatchObject({ reason: 'NamespaceNotSelected' });
  await waitFor('the logins to go', async () => passwordsIn(await secretOf('app-ecr')).size === 0);
  await labelNamespace(f, namespace, { team: 'yes' });
  await pipelineWhere('to be ready again', (p) => p.status?.ready === '2/2');
  expect(await logsIn(f, await secretOf('app.release-ecr'))).toBe(true);
});

test('a cluster registry that is gone leaves its login, and the pipeline says that it is gone', async () => {
  await f.client.delete(clusterEcrRegistries, { name: 'shared' });
  const { status } = await pipelineWhere('to miss it', (p) => p.status?.ready === '0/2');
  expect(status?.conditions?.[0]).toMatchObject({ reason: 'RegistryNotFound' });
  expect(await logsIn(f, await secretOf('app-ecr'))).toBe(true);
});
