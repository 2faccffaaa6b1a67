import { expect, test } from 'vitest';
import { annotations, labels } from '../../src/api/names.ts';
import { createFixture } from './fixture.ts';
import { operatorWrites } from './operator-writes.ts';
import {
  createSecret,
  deleteSecret,
  foreignData,
  getSecret,
  logsIn,
  pullSecretType,
  type Secret,
  secretWhere,
} from './pull-secrets.ts';
import { conditionOf, createRegistry, notReady, patchSpec, ready, specFor } from './registries.ts';

const f = await createFixture();
await f.startOperator();
await f.puller('puller');

/** A Secret that is in the way stays as it is, and what is wrong is said; gives the message. */
async function inTheWay(name: string, secret: Partial<Secret>): Promise<string> {
  const before = await createSecret(f, `${name}-ecr`, secret);
  await createRegistry(f, name, specFor('puller'));
  const message = await notReady(f, name, 'Conflict');
  expect(message).toContain(`Secret ${f.namespace}/${name}-ecr exists and is not ours`);
  expect(message).toContain('delete it, or set spec.secret.name to another name');
  expect(await conditionOf(f, name, 'SecretSynced')).toMatchObject({ status: 'False', reason: 'Conflict' });
  const { data, type, metadata } = await getSecret(f, `${name}-ecr`);
  expect({ data, type, metadata }).toEqual({
    data: before.data,
    type: before.type,
    metadata: before.metadata,
  });
  return message;
}

/** Once it is deleted, ours takes its place. */
async function makesWay(name: string): Promise<void> {
  await deleteSecret(f, `${name}-ecr`);
  const secret = await secretWhere(f, `${name}-ecr`, 'to be ours', (found) => logsIn(f, found), 5_000);
  expect(secret.type).toBe(pullSecretType);
  await ready(f, name);
}

test('a Secret that somebody else made is not touched, and ours follows at once when it is deleted', async () => {
  const message = await inTheWay('theirs', { type: pullSecretType, data: foreignData });
  expect(message).toContain('it was not made by ecr-operator');
  await makesWay('theirs');
});

test('a Secret of another type is not touched', async () => {
  const message = await inTheWay('opaque', { data: { password: 'aHVudGVyMg==' } });
  expect(message).toContain('it has type Opaque');
  await makesWay('opaque');
});

test('a Secret with our label that belongs to another object is not touched', async () => {
  const uid = '11111111-2222-3333-4444-555555555555';
  const metadata = {
    name: '',
    labels: { [labels.managedBy]: 'ecr-operator' },
    annotations: { [annotations.ownerUid]: uid },
  };
  const message = await inTheWay('adopted', { type: pullSecretType, data: foreignData, metadata });
  expect(message).toContain(`it belongs to the object with UID ${uid}`);
  await makesWay('adopted');
});

test('a Secret with our label and no owner is not touched', async () => {
  const metadata = { name: '', labels: { [labels.managedBy]: 'ecr-operator' } };
  const message = await inTheWay('orphan', { type: pullSecretType, data: foreignData, metadata });
  expect(message).toContain('it has no owner');
  await makesWay('orphan');
});

test('of two registries that want one Secret the first keeps it and the second says whose it is', async () => {
  const spec = specFor('puller', { secret: { name: 'shared' } });
  const { metadata } = await createRegistry(f, 'first', spec);
  await ready(f, 'first');
  const before = await getSecret(f, 'shared');
  await createRegistry(f, 'second', spec);
  expect(await notReady(f, 'second', 'Conflict')).toContain(`UID ${metadata.uid}`);
  expect(await getSecret(f, 'shared')).toEqual(before);
  await patchSpec(f, 'second', { secret: { name: 'second' } });
  await ready(f, 'second');
  expect(await logsIn(f, await getSecret(f, 'second'))).toBe(true);
});

test('all that time no Secret was patched or deleted', async () => {
  const writes = (await operatorWrites(f)).filter((write) => write.includes(' secrets '));
  expect(writes.filter((write) => !write.startsWith('create '))).toEqual([]);
});
