import { expect, test } from 'vitest';
import { annotations, labels } from '../../src/api/names.ts';
import { dockerConfigKey } from '../../src/docker-config/docker-config.ts';
import { type KubeObject, serviceAccounts } from '../../src/kube/object.ts';
import { createFixture } from './fixture.ts';
import {
  deleteSecret,
  editSecret,
  foreignData,
  getSecret,
  logsIn,
  passwordsIn,
  type Secret,
  secretWhere,
} from './pull-secrets.ts';
import { createRegistry, ready, specFor } from './registries.ts';

const f = await createFixture();
await f.startOperator();
await f.puller('puller');
const spec = specFor('puller', { secret: { labels: { team: 'a' }, annotations: { note: 'keep' } } });

/** A registry whose Secret is as it should be. */
async function settled(name: string): Promise<Secret> {
  await createRegistry(f, name, spec);
  await ready(f, name);
  return getSecret(f, `${name}-ecr`);
}

/** Waits until labels, annotations and owner are again those of `good`, and nobody had to ask AWS for it. */
async function restored(good: Secret): Promise<Secret> {
  const { name, labels: wanted, annotations: noted, ownerReferences } = good.metadata;
  const callsBefore = f.aws.calls().length;
  const secret = await secretWhere(f, name, 'to be restored', ({ metadata }) => {
    const own = Object.entries({ ...wanted }).every(([key, value]) => metadata.labels?.[key] === value);
    const notes = Object.entries({ ...noted }).every(([key, value]) => metadata.annotations?.[key] === value);
    return own && notes && JSON.stringify(metadata.ownerReferences) === JSON.stringify(ownerReferences);
  });
  expect(secret.metadata.uid).toBe(good.metadata.uid);
  expect(await logsIn(f, secret)).toBe(true);
  expect(f.aws.calls()).toHaveLength(callsBefore);
  return secret;
}

test('a Secret that loses the label by which it is found is found and labelled again', async () => {
  const good = await settled('unlabelled');
  await editSecret(f, 'unlabelled-ecr', { metadata: { labels: { [labels.managedBy]: null } } });
  await restored(good);
});

test('labels and annotations that are changed or removed come back', async () => {
  const good = await settled('metadata');
  await editSecret(f, 'metadata-ecr', {
    metadata: { labels: { team: 'b', [labels.owner]: null }, annotations: { note: null } },
  });
  await restored(good);
});

test('a lost record of the tokens is written again, from the token at hand', async () => {
  const good = await settled('record');
  await editSecret(f, 'record-ecr', {
    metadata: { annotations: { [annotations.tokens]: null, [annotations.expiresAt]: null } },
  });
  await restored(good);
});

test('the time of expiry for people comes back when somebody changes it', async () => {
  const good = await settled('expiry');
  await editSecret(f, 'expiry-ecr', { metadata: { annotations: { [annotations.expiresAt]: 'never' } } });
  await restored(good);
});

test('a record of the tokens that somebody makes up is not believed', async () => {
  const good = await settled('forged');
  const records = JSON.parse(good.metadata.annotations?.[annotations.tokens] ?? '{}') as object;
  const later = (record: object) => ({ ...record, expires: new Date(Date.now() + 46e6).toISOString() });
  const forged = Object.fromEntries(Object.entries(records).map(([id, r]) => [id, later(r as object)]));
  await editSecret(f, 'forged-ecr', {
    metadata: { annotations: { [annotations.tokens]: JSON.stringify(forged) } },
  });
  await restored(good);
});

test('a removed owner reference comes back', async () => {
  const good = await settled('unowned');
  await editSecret(f, 'unowned-ecr', { metadata: { ownerReferences: null } });
  await restored(good);
});

test('edited data are replaced by a login that works, without asking AWS again', async () => {
  const good = await settled('edited');
  const callsBefore = f.aws.calls().length;
  await editSecret(f, 'edited-ecr', { data: foreignData });
  const secret = await secretWhere(f, 'edited-ecr', 'to log in again', (found) => logsIn(f, found));
  expect(passwordsIn(secret)).toEqual(passwordsIn(good));
  expect(secret.metadata.uid).toBe(good.metadata.uid);
  expect(f.aws.calls()).toHaveLength(callsBefore);
});

test('a deleted Secret is back, without asking AWS again', async () => {
  const good = await settled('deleted');
  const callsBefore = f.aws.calls().length;
  await deleteSecret(f, 'deleted-ecr');
  const isNew = (found: Secret): boolean => found.metadata.uid !== good.metadata.uid;
  const secret = await secretWhere(f, 'deleted-ecr', 'to be back', isNew);
  expect(secret.data?.[dockerConfigKey]).toBe(good.data?.[dockerConfigKey]);
  expect(f.aws.calls()).toHaveLength(callsBefore);
});

test('what others add stays: labels, annotations, owners and finalizers', async () => {
  const good = await settled('shared');
  // One that exists: the garbage collector removes references to what does not.
  const owner = await f.client.get<KubeObject>(serviceAccounts, { namespace: f.namespace, name: 'puller' });
  const other = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'puller', uid: owner?.metadata.uid };
  const added = { labels: { 'their/label': 'x' }, annotations: { 'their/note': 'y' } };
  await editSecret(f, 'shared-ecr', {
    metadata: {
      ...added,
      ownerReferences: [...(good.metadata.ownerReferences ?? []), other],
      finalizers: ['their.example.com/hold'],
    },
  });
  // An edit that calls the operator to write the Secret, so that all of it is seen to survive a write.
  await editSecret(f, 'shared-ecr', { data: foreignData, metadata: { labels: { team: null } } });
  const repaired = (found: Secret): boolean =>
    found.metadata.labels?.['team'] === 'a' && passwordsIn(found).size === 1;
  const { metadata } = await secretWhere(f, 'shared-ecr', 'to be repaired', repaired);
  expect(metadata.labels).toMatchObject(added.labels);
  expect(metadata.annotations).toMatchObject(added.annotations);
  expect(metadata.ownerReferences?.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'EcrRegistry']);
  expect(metadata.finalizers).toEqual(['their.example.com/hold']);
  await editSecret(f, 'shared-ecr', { metadata: { finalizers: null } });
});
