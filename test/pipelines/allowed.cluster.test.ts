import { expect, test } from 'vitest';
import { createFixture } from '../operator/fixture.ts';
import { findSecret, getSecret, logsIn } from '../operator/pull-secrets.ts';
import { createRegistry, patchSpec, specFor } from '../operator/registries.ts';
import { eventLike } from './events.ts';
import {
  createPipeline,
  patchPipeline,
  pipelineNotReady,
  pipelineReady,
  pipelineWhere,
  statusOfSecret,
} from './pipelines.ts';

const f = await createFixture();
await f.startOperator();
await Promise.all(['puller', 'build-api', 'pusher', 'stranger'].map((name) => f.puller(name)));
const allow = (...allowed: string[]) => ({
  credentials: { serviceAccounts: { account: 'puller', allowed } },
});
await createRegistry(f, 'prod', specFor('puller', allow('build-*', 'pusher')));
const release = (serviceAccount: string) => ({
  triggers: [{ name: 'release', serviceAccount }, { name: 'nightly' }],
});

test('a service account that the registry does not allow fails the Secret of its trigger alone', async () => {
  await createPipeline(f, 'api', { serviceAccount: 'build-api', ...release('stranger') });
  const message = await pipelineNotReady(f, 'api', 'ServiceAccountNotAllowed');
  expect(message).toMatch(
    /^Secret api\.release-ecr: service account stranger of level trigger is refused by EcrRegistry prod: .*allowed has build-\*, pusher/,
  );
  const pipeline = await pipelineWhere(
    f,
    'api',
    'ready for two',
    (_ready, { status }) => status?.ready === '2/3',
  );
  expect(statusOfSecret(pipeline, 'api.release-ecr')).toMatchObject({
    ready: false,
    reason: 'ServiceAccountNotAllowed',
  });
  expect(await findSecret(f, 'api.release-ecr')).toBeUndefined();
  for (const name of ['api-ecr', 'api.nightly-ecr'])
    expect(await logsIn(f, await getSecret(f, name))).toBe(true);
  await eventLike(
    f,
    'api',
    /^ServiceAccountNotAllowed: Secret api\.release-ecr: .* refused by EcrRegistry prod/,
  );
});

test('one that was allowed keeps its old login when it is refused, and is told from AWS no more', async () => {
  await patchPipeline(f, 'api', release('pusher'));
  await pipelineReady(f, 'api');
  const before = await getSecret(f, 'api.release-ecr');
  f.aws.resetCalls();
  await patchSpec(f, 'prod', allow('build-*'));
  const message = await pipelineNotReady(f, 'api', 'ServiceAccountNotAllowed');
  expect(message).toContain('the Secret keeps its login, good until');
  expect(await getSecret(f, 'api.release-ecr')).toEqual(before);
  expect(f.aws.calls()).toEqual([]);
});

test('it is taken again as soon as the registry allows it', async () => {
  await patchSpec(f, 'prod', allow('*'));
  await pipelineReady(f, 'api');
  expect(f.aws.calls()).toEqual([]);
});

test('what the registry names itself needs no leave', async () => {
  await patchSpec(f, 'prod', allow());
  await createPipeline(f, 'own');
  await pipelineReady(f, 'own');
  expect(await pipelineNotReady(f, 'api', 'ServiceAccountNotAllowed')).toContain('allowed has no name');
});
