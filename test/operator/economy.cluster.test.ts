import { expect, test } from 'vitest';
import { type KubeObject, serviceAccounts } from '../../src/kube/object.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { createFixture } from './fixture.ts';
import { endedReconciles } from './metrics.ts';
import { operatorWrites } from './operator-writes.ts';
import { createSecret, editSecret, getSecret, logsIn } from './pull-secrets.ts';
import { annotate, createRegistry, getRegistry, notReady, patchSpec, ready, specFor } from './registries.ts';

const f = await createFixture();
let operator = await f.startOperator();
await f.puller('puller');
const count = 50;
const names = Array.from({ length: count }, (_, i) => `r${i}`);
let markers = 0;

/**
 * What the operator writes while `during` runs. A registry that cannot become ready is made at the end: the audit log
 * is in order, so once it shows the status of that one it shows all writes before it.
 */
async function writesDuring(during: () => Promise<unknown>): Promise<string[]> {
  const before = (await operatorWrites(f)).length;
  await during();
  const marker = `marker-${(markers += 1)}`;
  await createRegistry(f, marker, specFor('nobody'));
  await notReady(f, marker, 'ServiceAccountNotFound');
  return waitFor('the marker in the audit log', async () => {
    const writes = (await operatorWrites(f)).slice(before);
    return writes.at(-1) === `patch ecrregistries/status ${marker}` && writes.slice(0, -1);
  });
}

/** A new operator that has looked at every registry once. */
async function startedAnew(): Promise<OperatorProcess> {
  const next = await f.startOperator();
  const registries = await f.client.list(ecrRegistries, { namespace: f.namespace });
  const all = registries.items.length;
  await waitFor('all registries to be looked at', async () => (await endedReconciles(next)) >= all);
  return next;
}

test('fifty registries that share an identity and a region cost one STS call, one ECR call and fifty writes', async () => {
  const writes = await writesDuring(async () => {
    await Promise.all(names.map((name) => createRegistry(f, name, specFor('puller'))));
    await Promise.all(names.map((name) => ready(f, name, 30_000)));
  });
  expect(f.aws.calls().map(({ operation, code }) => [operation, code])).toEqual([
    ['AssumeRoleWithWebIdentity', 200],
    ['GetAuthorizationToken', 200],
  ]);
  const secretWrites = writes.filter((write) => write.includes(' secrets '));
  expect(secretWrites.toSorted()).toEqual(names.map((name) => `create secrets ${name}-ecr`).toSorted());
  expect(writes).toHaveLength(2 * count);
  expect(await logsIn(f, await getSecret(f, 'r49-ecr'))).toBe(true);
});

test('a restart in good order asks AWS nothing and writes nothing', async () => {
  f.aws.resetCalls();
  const writes = await writesDuring(async () => {
    expect(await operator.stop()).toBe(0);
    operator = await startedAnew();
  });
  expect(writes).toEqual([]);
  expect(f.aws.calls()).toEqual([]);
});

test('a restart after SIGKILL asks AWS nothing and writes nothing', async () => {
  f.aws.resetCalls();
  const writes = await writesDuring(async () => {
    await operator.kill();
    operator = await startedAnew();
  });
  expect(writes).toEqual([]);
  expect(f.aws.calls()).toEqual([]);
});

test('nothing is written while everything is fresh, whatever goes on around', async () => {
  f.aws.resetCalls();
  const { namespace, client } = f;
  const writes = await writesDuring(async () => {
    await createSecret(f, 'unrelated', { stringData: { a: 'b' } });
    await editSecret(f, 'unrelated', { stringData: { a: 'c' } });
    const metadata = { annotations: { 'their/note': 'x' }, labels: { their: 'label' } };
    for (const name of ['puller', 'operator'])
      await client.mergePatch<KubeObject>(serviceAccounts, { namespace, name }, { metadata });
    await client.mergePatch<KubeObject>(ecrRegistries, { namespace, name: 'r0' }, { metadata });
    await editSecret(f, 'r1-ecr', { metadata });
    await annotate(f, 'r2', { 'their/note': 'y' });
  });
  expect(writes).toEqual([]);
  expect(f.aws.calls()).toEqual([]);
});

test('a change of the spec that changes nothing for the Secret writes the status alone', async () => {
  f.aws.resetCalls();
  const writes = await writesDuring(async () => {
    await patchSpec(f, 'r3', { credentials: { serviceAccounts: { runtime: 'somebody' } } });
    await ready(f, 'r3');
  });
  expect(writes).toEqual(['patch ecrregistries/status r3']);
  expect((await getRegistry(f, 'r3')).status?.observedGeneration).toBe(2);
  expect(f.aws.calls()).toEqual([]);
});
