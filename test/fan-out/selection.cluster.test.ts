import { beforeAll, expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { type KubeObject, namespaces, secrets } from '../../src/kube/object.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  clusterRegistryWhere,
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  fannedOut,
  labelNamespace,
  secretsNamed,
  secretWrites,
} from './fixture.ts';

const f = await createClusterFixture();

beforeAll(async () => {
  await f.puller('puller');
  await createNamespaces(f, 'team', 4, { team: 'yes' });
  await createNamespaces(f, 'other', 2);
  await f.startClusterOperator();
});

/** Namespaces with a Secret of this name; no controller empties the one that is being deleted. */
const where = async (name: string): Promise<string[]> =>
  [...(await secretsNamed(f, name)).keys()].filter((namespace) => namespace !== 'team-3').toSorted();

const patchSpec = (name: string, spec: object) =>
  f.client.mergePatch(clusterEcrRegistries, { name }, { spec });

const settlesIn = (secret: string, expected: readonly string[]) =>
  waitFor(`${secret} to be in ${expected.join(', ')}`, async () => {
    const now = await where(secret);
    return now.length === expected.length && now.every((name, i) => name === expected[i]);
  });

test('names and labels select together', async () => {
  await createClusterRegistry(f, 'both', {
    namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
    namespaces: { include: ['team-*', 'other-*'], exclude: ['*-1'] },
  });
  await fannedOut(f, 'both', 3);
  expect(await where('both-ecr')).toEqual(['team-0', 'team-2']);
});

test('a namespace that gets the label gets the Secret, and loses it with the label', async () => {
  await labelNamespace(f, 'other-0', { team: 'new' });
  await settlesIn('both-ecr', ['other-0', 'team-0', 'team-2']);
  await fannedOut(f, 'both', 4);
  await labelNamespace(f, 'other-0', { team: null });
  await settlesIn('both-ecr', ['team-0', 'team-2']);
  await fannedOut(f, 'both', 3);
});

test('a namespace that is deleted leaves no trace in the status', async () => {
  await f.client.delete(namespaces, { name: 'team-3' });
  const { status } = await fannedOut(f, 'both', 2);
  expect(status?.targets).toEqual({ desired: 2, ready: 2, failed: 0 });
  expect(status?.failures).toBeUndefined();
});

test('a selector that is wrong is refused, and nothing is written or deleted', async () => {
  const before = await secretWrites(f);
  await expect(patchSpec('both', { namespaceSelector: null, namespaces: { include: null } })).rejects.toThrow(
    /say which namespaces get the Secret/,
  );
  const expression = { key: 'team', operator: 'In', values: [] };
  await expect(patchSpec('both', { namespaceSelector: { matchExpressions: [expression] } })).rejects.toThrow(
    /In and NotIn need values/,
  );
  await expect(patchSpec('both', { namespaceSelector: { matchLabels: { 'team ': 'yes' } } })).rejects.toThrow(
    /write keys of labels/,
  );
  await expect(patchSpec('both', { namespaceSelector: { matchLabels: { team: 'ja!' } } })).rejects.toThrow(
    /write the value of a label/,
  );
  const notIn = { key: 'team ', operator: 'NotIn', values: ['yes'] };
  await expect(patchSpec('both', { namespaceSelector: { matchExpressions: [notIn] } })).rejects.toThrow(
    /write the key of a label/,
  );
  expect(await where('both-ecr')).toEqual(['team-0', 'team-2']);
  expect(await secretWrites(f)).toEqual(before);
});

test('another selector moves the Secrets', async () => {
  await patchSpec('both', { namespaces: { include: ['other-*'], exclude: [] }, namespaceSelector: null });
  await settlesIn('both-ecr', ['other-0', 'other-1']);
  await fannedOut(f, 'both', 2);
});

test('another name moves the Secrets without a gap', async () => {
  const uids = new Set<string>();
  await patchSpec('both', { secret: { name: 'pull' } });
  await waitFor('the Secrets of the old name to go', async () => {
    const [former, current] = [await where('both-ecr'), await where('pull')];
    // Read in this order, a namespace may have both, and never none.
    for (const name of ['other-0', 'other-1'])
      if (!former.includes(name) && !current.includes(name)) uids.add(name);
    return former.length === 0;
  });
  expect([...uids]).toEqual([]);
  expect(await where('pull')).toEqual(['other-0', 'other-1']);
});

test('another name and fewer namespaces at once leave nothing behind', async () => {
  await patchSpec('both', { secret: { name: 'pull-2' }, namespaces: { include: ['other-0'] } });
  await settlesIn('pull-2', ['other-0']);
  await settlesIn('pull', []);
  await patchSpec('both', { secret: { name: 'pull' }, namespaces: { include: ['other-*'] } });
  await settlesIn('pull', ['other-0', 'other-1']);
});

test('with deletionPolicy Retain the Secrets outlive the registry', async () => {
  await patchSpec('both', { deletionPolicy: 'Retain' });
  const withoutOwner = async (): Promise<boolean> => {
    const found = await Promise.all(
      ['other-0', 'other-1'].map((namespace) =>
        f.client.get<KubeObject>(secrets, { namespace, name: 'pull' }),
      ),
    );
    return found.every((secret) => secret?.metadata.ownerReferences === undefined);
  };
  await waitFor('the Secrets to have no owner', withoutOwner);
  await createClusterRegistry(f, 'marker', { namespaces: { include: ['team-0'] } });
  await f.client.delete(clusterEcrRegistries, { name: 'both' });
  await f.client.delete(clusterEcrRegistries, { name: 'marker' });
  await settlesIn('marker-ecr', []);
  expect(await where('pull')).toEqual(['other-0', 'other-1']);
});

test('a registry without service accounts says so and writes nothing', async () => {
  await createClusterRegistry(f, 'nobody', {
    namespaceSelector: {},
    credentials: { serviceAccounts: { account: 'missing' } },
  });
  const { status } = await clusterRegistryWhere(
    f,
    'nobody',
    'to be refused',
    ({ status: seen }) =>
      seen?.conditions?.some(
        ({ type, reason }) => type === 'Ready' && reason === 'ServiceAccountNotFound',
      ) === true,
  );
  expect(status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain(
    `${f.namespace}/missing`,
  );
  expect(await where('nobody-ecr')).toEqual([]);
});
