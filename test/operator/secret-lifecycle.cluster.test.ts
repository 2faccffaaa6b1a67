import { expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { waitFor } from '../support/wait-for.ts';
import { createFixture } from './fixture.ts';
import { operatorWrites } from './operator-writes.ts';
import { findSecret, getSecret, logsIn, secretWhere } from './pull-secrets.ts';
import { createRegistry, patchSpec, ready, specFor } from './registries.ts';

const f = await createFixture();
await f.startOperator();
await f.puller('puller');

/** The garbage collector looks for new kinds, such as ours in a new cluster, every 30 seconds. */
const collectedWithinMs = 45_000;

const deleteRegistry = (name: string): Promise<boolean> =>
  f.client.delete(ecrRegistries, { namespace: f.namespace, name });

test('labels and annotations of the spec are applied, changed and removed with the spec', async () => {
  const secret = { labels: { team: 'a', tier: '1' }, annotations: { note: 'x' } };
  await createRegistry(f, 'dressed', specFor('puller', { secret }));
  await ready(f, 'dressed');
  const { metadata, data } = await getSecret(f, 'dressed-ecr');
  expect(metadata.labels).toMatchObject({ team: 'a', tier: '1' });
  expect(metadata.annotations).toMatchObject({ note: 'x' });
  await patchSpec(f, 'dressed', {
    secret: { labels: { team: 'b', tier: null }, annotations: { note: null, other: 'y' } },
  });
  await ready(f, 'dressed');
  const changed = await getSecret(f, 'dressed-ecr');
  expect(changed.metadata.labels).toMatchObject({ team: 'b' });
  expect(changed.metadata.labels).not.toHaveProperty('tier');
  expect(changed.metadata.annotations).toMatchObject({ other: 'y' });
  expect(changed.metadata.annotations).not.toHaveProperty('note');
  expect(changed.data).toEqual(data);
});

test('a new name writes the Secret of that name and then removes the old one', async () => {
  await createRegistry(f, 'moved', specFor('puller'));
  await ready(f, 'moved');
  await patchSpec(f, 'moved', { secret: { name: 'moved-to' } });
  expect((await ready(f, 'moved')).status?.secretName).toBe('moved-to');
  expect(await logsIn(f, await getSecret(f, 'moved-to'))).toBe(true);
  expect(await findSecret(f, 'moved-ecr')).toBeUndefined();
  const writes = (await operatorWrites(f)).filter((write) => / secrets moved/.test(write));
  expect(writes).toEqual(['create secrets moved-ecr', 'create secrets moved-to', 'delete secrets moved-ecr']);
});

test('with deletionPolicy Delete the Secret goes with its registry', async () => {
  await createRegistry(f, 'fleeting', specFor('puller'));
  await ready(f, 'fleeting');
  await deleteRegistry('fleeting');
  const gone = async (): Promise<boolean> => (await findSecret(f, 'fleeting-ecr')) === undefined;
  await waitFor('the Secret to be collected', gone, { timeoutMs: collectedWithinMs });
});

test('with deletionPolicy Retain the Secret has no owner and stays when its registry goes', async () => {
  await createRegistry(f, 'lasting', specFor('puller'));
  await createRegistry(f, 'witness', specFor('puller'));
  await ready(f, 'lasting');
  await ready(f, 'witness');
  await patchSpec(f, 'lasting', { deletionPolicy: 'Retain' });
  await ready(f, 'lasting');
  const kept = await getSecret(f, 'lasting-ecr');
  expect(kept.metadata.ownerReferences).toBeUndefined();
  await deleteRegistry('lasting');
  // The Secret of a registry that is deleted later and does not retain is collected: so would this one have been.
  await deleteRegistry('witness');
  const gone = async (): Promise<boolean> => (await findSecret(f, 'witness-ecr')) === undefined;
  await waitFor('the other Secret to be collected', gone, { timeoutMs: collectedWithinMs });
  expect(await getSecret(f, 'lasting-ecr')).toEqual(kept);
});

test('a registry that is made anew under its name gets a Secret of its own when the old one is collected', async () => {
  await createRegistry(f, 'phoenix', specFor('puller'));
  await ready(f, 'phoenix');
  const old = await getSecret(f, 'phoenix-ecr');
  await deleteRegistry('phoenix');
  await createRegistry(f, 'phoenix', specFor('puller'));
  const isNew = ({ metadata }: { metadata: { uid?: string } }): boolean => metadata.uid !== old.metadata.uid;
  await secretWhere(f, 'phoenix-ecr', 'to be a new one', isNew, collectedWithinMs);
  await ready(f, 'phoenix');
  expect(await logsIn(f, await getSecret(f, 'phoenix-ecr'))).toBe(true);
});
