import { beforeAll, expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { type KubeObject, secrets } from '../../src/kube/object.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  fannedOut,
  secretsNamed,
} from './fixture.ts';

/** With the garbage collector at work beside the operator. */
const f = await createClusterFixture({ controllerManager: true });
const include = ['team-*'];

beforeAll(async () => {
  await f.puller('puller');
  await createNamespaces(f, 'team', 5);
  await f.startClusterOperator();
});

/** The garbage collector looks for new kinds every half minute, and takes its finalizer off after that. */
const isGone = (name: string) =>
  waitFor(
    `${name} to be gone`,
    async () => {
      return (await f.client.get(clusterEcrRegistries, { name })) === undefined;
    },
    { timeoutMs: 90_000, everyMs: 200 },
  );

test(
  'a registry that is deleted with --cascade=orphan leaves its Secrets, without an owner',
  { timeout: 150_000 },
  async () => {
    await createClusterRegistry(f, 'kept', { namespaces: { include } });
    await fannedOut(f, 'kept', 5);
    await f.client.delete(clusterEcrRegistries, { name: 'kept' }, { propagationPolicy: 'Orphan' });
    await isGone('kept');
    // One that is deleted in the usual way after it shows that the operator has seen to both.
    await createClusterRegistry(f, 'swept', { namespaces: { include } });
    await fannedOut(f, 'swept', 5);
    await f.client.delete(clusterEcrRegistries, { name: 'swept' });
    await waitFor('its Secrets to be gone', async () => (await secretsNamed(f, 'swept-ecr')).size === 0);
    expect((await secretsNamed(f, 'kept-ecr')).size).toBe(5);
    const secret = await f.client.get<KubeObject>(secrets, { namespace: 'team-0', name: 'kept-ecr' });
    expect(secret?.metadata.ownerReferences).toBeUndefined();
  },
);
