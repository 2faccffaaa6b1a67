import { expect, test } from 'vitest';
import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { annotations, labels } from '../../src/api/names.ts';
import { secrets } from '../../src/kube/object.ts';
import { waitFor } from '../support/wait-for.ts';
import { createFixture } from '../operator/fixture.ts';
import {
  findSecret,
  getSecret,
  logsIn,
  passwordsIn,
  pullSecretType,
  secretWhere,
} from '../operator/pull-secrets.ts';
import { createRegistry, specFor } from '../operator/registries.ts';
import {
  createPipeline,
  deletePipeline,
  patchPipeline,
  pipelineNotReady,
  pipelineReady,
  secretReady,
  statusOfSecret,
} from './pipelines.ts';
import { printedColumns } from '../support/printed-columns.ts';

const f = await createFixture();
await f.startOperator();
await Promise.all(['puller', 'builder', 'pusher'].map((name) => f.puller(name)));
const allowed = ['builder', 'pusher'];
const credentials = { serviceAccounts: { account: 'puller', allowed } };
await createRegistry(f, 'prod', specFor('puller', { credentials }));

/** The garbage collector looks for new kinds, such as ours in a new cluster, every 30 seconds. */
const collectedWithinMs = 75_000;

const gone = (name: string, timeoutMs?: number): Promise<unknown> => {
  const isGone = async (): Promise<boolean> => (await findSecret(f, name)) === undefined;
  return waitFor(`Secret ${name} to be gone`, isGone, timeoutMs === undefined ? {} : { timeoutMs });
};

test('a pipeline has a Secret of its own and one for each trigger, all of which log in', async () => {
  const triggers = [
    { name: 'release', serviceAccount: 'pusher' },
    { name: 'nightly' },
    { name: 'hotfix', secretName: 'hot.fix' },
  ];
  const { metadata } = await createPipeline(f, 'api', { serviceAccount: 'builder', triggers });
  await pipelineReady(f, 'api');
  for (const [name, trigger] of [
    ['api-ecr', undefined],
    ['api.release-ecr', 'release'],
    ['api.nightly-ecr', 'nightly'],
    ['hot.fix', 'hotfix'],
  ] as const) {
    const secret = await getSecret(f, name);
    expect(secret.type).toBe(pullSecretType);
    expect(secret.metadata.labels).toEqual({ [labels.managedBy]: 'ecr-operator', [labels.owner]: 'api' });
    expect(secret.metadata.annotations?.[annotations.trigger]).toBe(trigger);
    const { apiVersion, kind } = ecrPipelines;
    const owner = {
      apiVersion,
      kind,
      name: 'api',
      uid: metadata.uid,
      controller: true,
      blockOwnerDeletion: false,
    };
    expect(secret.metadata.ownerReferences).toEqual([owner]);
    expect(await logsIn(f, secret)).toBe(true);
  }
});

test('a trigger that names nobody has the login of its pipeline, one that does has another', async () => {
  const pipeline = await pipelineReady(f, 'api');
  const winners = (name: string): unknown => statusOfSecret(pipeline, name).winners;
  const builder = { registry: 'prod', level: 'pipeline', serviceAccount: 'builder' };
  expect(winners('api.nightly-ecr')).toEqual([builder]);
  expect(winners('api.release-ecr')).toEqual([
    { registry: 'prod', level: 'trigger', serviceAccount: 'pusher' },
  ]);
  const login = async (name: string): Promise<unknown> => [...passwordsIn(await getSecret(f, name)).values()];
  expect(await login('api.nightly-ecr')).toEqual(await login('api-ecr'));
  expect(await login('api.release-ecr')).not.toEqual(await login('api-ecr'));
});

test('kubectl get shows how many Secrets are ready and, wide, as whom', async () => {
  const { status } = await pipelineReady(f, 'api');
  const { Age: _age, ...row } = await printedColumns(
    f.controlPlane.adminKubeconfig,
    ecrPipelines,
    { namespace: f.namespace, name: 'api' },
    { wide: true },
  );
  expect(row).toEqual({
    Name: 'api',
    Ready: 'True',
    Reason: 'Ready',
    Secrets: '4/4',
    Expires: status?.expiresAt,
    'Service Accounts': 'builder (pipeline), pusher (trigger)',
    Message: '4 Secrets are fresh',
  });
});

test('a trigger that goes takes its Secret along, also while another one fails', async () => {
  const kept = { name: 'nightly' };
  await patchPipeline(f, 'api', { triggers: [kept, { name: 'bad', serviceAccount: 'stranger' }] });
  await pipelineNotReady(f, 'api', 'ServiceAccountNotAllowed');
  await gone('api.release-ecr');
  await gone('hot.fix');
  expect(await findSecret(f, 'api-ecr')).toBeDefined();
  expect(await findSecret(f, 'api.nightly-ecr')).toBeDefined();
  await patchPipeline(f, 'api', { triggers: [kept] });
  await pipelineReady(f, 'api');
});

test('a Secret that gets another name is there under the new one before the old one goes', async () => {
  await patchPipeline(f, 'api', { triggers: [{ name: 'nightly', secretName: 'night' }] });
  await gone('api.nightly-ecr');
  expect(await logsIn(f, await getSecret(f, 'night'))).toBe(true);
});

test('a Secret that somebody deletes comes back', async () => {
  const { metadata } = await getSecret(f, 'night');
  await f.client.delete(secrets, { namespace: f.namespace, name: 'night' });
  await secretWhere(f, 'night', 'to be another one', (secret) => secret.metadata.uid !== metadata.uid);
  expect(await logsIn(f, await getSecret(f, 'night'))).toBe(true);
});

test('a Secret of somebody else is not touched, and the others are made', async () => {
  await createPipeline(f, 'prod', { triggers: [{ name: 'release' }] });
  const message = await pipelineNotReady(f, 'prod', 'Conflict');
  expect(message).toContain('prod-ecr exists and is not ours');
  await secretReady(f, 'prod', 'prod.release-ecr');
  expect((await getSecret(f, 'prod-ecr')).metadata.labels?.[labels.owner]).toBe('prod');
  expect((await getSecret(f, 'prod-ecr')).metadata.ownerReferences?.[0]?.kind).toBe('EcrRegistry');
});

test('a pipeline that goes takes all its Secrets along', { timeout: 2 * collectedWithinMs }, async () => {
  await deletePipeline(f, 'api');
  await gone('api-ecr', collectedWithinMs);
  await gone('night', collectedWithinMs);
});
