import { expect, test } from 'vitest';
import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { waitFor } from '../support/wait-for.ts';
import { createFixture } from '../operator/fixture.ts';
import { endedReconciles } from '../operator/metrics.ts';
import { createRegistry, specFor } from '../operator/registries.ts';
import { createPipeline, patchPipeline, pipelineReady } from './pipelines.ts';
import { writesDuring } from './writes.ts';

const f = await createFixture();
const operator = await f.startOperator();
await Promise.all(['puller', 'pusher'].map((name) => f.puller(name)));
const pipelines = ['a', 'b', 'c'];
const triggers = ['t1', 't2', 't3'];
const spec = (changed?: string) => ({
  triggers: triggers.map((name) => ({ name, ...(name === changed ? { serviceAccount: 'pusher' } : {}) })),
});
const secretWrites = (writes: readonly string[]): string[] =>
  writes.filter((write) => write.includes(' secrets '));

test('pipelines that share registries and an identity cost one STS call, one ECR call a region, one write a Secret', async () => {
  await createRegistry(f, 'ireland', specFor('puller'));
  await createRegistry(f, 'ohio', specFor('puller', { region: 'us-east-2' }));
  const writes = await writesDuring(f, async () => {
    for (const name of pipelines) await createPipeline(f, name, spec());
    for (const name of pipelines) await pipelineReady(f, name);
  });
  const names = pipelines.flatMap((p) => [`${p}-ecr`, ...triggers.map((t) => `${p}.${t}-ecr`)]);
  const created = secretWrites(writes).filter((write) => !/ (ireland|ohio)-ecr$/.test(write));
  expect(created.toSorted()).toEqual(names.map((name) => `create secrets ${name}`).toSorted());
  const calls = f.aws.calls().map(({ operation, region }) => `${operation} ${region}`);
  expect(calls.filter((call) => call.startsWith('Get')).toSorted()).toEqual([
    'GetAuthorizationToken eu-west-1',
    'GetAuthorizationToken us-east-2',
  ]);
});

test('editing one trigger writes one Secret', async () => {
  const writes = await writesDuring(f, async () => {
    await patchPipeline(f, 'b', spec('t2'));
    await pipelineReady(f, 'b');
  });
  expect(secretWrites(writes)).toEqual(['patch secrets b.t2-ecr']);
  expect(writes.filter((write) => write.includes('/status'))).toEqual(['patch ecrpipelines/status b']);
});

test('adding a trigger makes one Secret, removing it deletes one', async () => {
  const added = await writesDuring(f, async () => {
    await patchPipeline(f, 'c', { triggers: [...spec().triggers, { name: 'new' }] });
    await pipelineReady(f, 'c');
  });
  expect(secretWrites(added)).toEqual(['create secrets c.new-ecr']);
  const removed = await writesDuring(f, async () => {
    await patchPipeline(f, 'c', spec());
    await pipelineReady(f, 'c');
  });
  expect(secretWrites(removed)).toEqual(['delete secrets c.new-ecr']);
});

test.each(['SIGTERM', 'SIGKILL'])(
  'a restart after %s asks AWS nothing and writes nothing',
  async (signal) => {
    f.aws.resetCalls();
    const writes = await writesDuring(f, async () => {
      const running = f.operators.find((each) => each.running) ?? operator;
      await (signal === 'SIGKILL' ? running.kill() : running.stop());
      const next = await f.startOperator();
      const { namespace } = f;
      const lists = await Promise.all(
        [ecrRegistries, ecrPipelines].map((type) => f.client.list(type, { namespace })),
      );
      const all = lists.reduce((sum, { items }) => sum + items.length, 0);
      await waitFor('all objects to be looked at', async () => (await endedReconciles(next)) >= all);
    });
    expect(writes).toEqual([]);
    expect(f.aws.calls()).toEqual([]);
  },
);
