import type { Condition } from '../../../src/api/conditions.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EcrRegistry, ecrRegistries, type EcrRegistryStatus } from '../../../src/api/ecr-registry.ts';
import { StatusCache } from '../../../src/controllers/view/status-cache.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { registry } from '../ecr-registry/fixtures.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const { signal } = new AbortController();
const status: EcrRegistryStatus = { observedGeneration: 3, secretName: 'prod-ecr' };

const verified: Condition = {
  type: 'Verified',
  status: 'True',
  reason: 'Verified',
  message: 'all went through',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

let objects: Map<string, EcrRegistry>;
let cache: StatusCache<EcrRegistryStatus, EcrRegistry>;
let applied: unknown[];

/** An API server that answers each apply with the next version. */
const client: Pick<KubeClient, 'apply'> = {
  apply(_type, object, options) {
    applied.push([object, options]);
    const resourceVersion = String(10 + applied.length);
    return Promise.resolve({ ...object, metadata: { ...object.metadata, resourceVersion } });
  },
};

const apply = (object: EcrRegistry, next: EcrRegistryStatus): Promise<void> =>
  cache.apply(client, ecrRegistries, object, next, signal);

const stored = (change: Partial<EcrRegistry> = {}): EcrRegistry => ({
  ...registry({}, { resourceVersion: '10' }),
  ...change,
});

beforeEach(() => {
  objects = new Map([['ci/prod', stored()]]);
  cache = new StatusCache(objects, new ManualClock());
  applied = [];
});

describe('the cache of objects with their status', () => {
  it('applies a status to the object that was looked at, with its UID', async () => {
    await apply(stored(), status);
    const body = { metadata: { name: 'prod', namespace: 'ci', uid: 'uid-prod' }, status };
    const options = { fieldManager: 'ecr-operator', force: true, subresource: 'status', signal };
    expect(applied).toEqual([[body, options]]);
  });

  it('writes nothing where the status is that already, whatever is undefined in it', async () => {
    await apply(stored({ status }), { ...status, conditions: undefined });
    expect(applied).toEqual([]);
  });

  it('shows the status that it wrote until the watch has caught up', async () => {
    await apply(stored(), status);
    expect(cache.get('ci/prod')?.status).toEqual(status);
    const newer = { ...status, secretName: 'other' };
    objects.set('ci/prod', registry({}, { resourceVersion: '12' }));
    expect(cache.get('ci/prod')?.status).toBeUndefined();
    objects.set('ci/prod', { ...registry({}, { resourceVersion: '13' }), status: newer });
    expect(cache.get('ci/prod')?.status).toEqual(newer);
  });

  it('does not write the same status twice while the watch is behind', async () => {
    await apply(stored(), status);
    await apply(cache.get('ci/prod') ?? stored(), { ...status });
    expect(applied).toHaveLength(1);
  });

  it('writes what a verification says as a field manager of its own, and shows it beside what a reconcile said', async () => {
    await apply(stored(), status);
    const verification = { requestedAt: 'r', startedAt: 's', stages: [] };
    const part = { verification, conditions: [verified] };
    await cache.applyVerified(client, ecrRegistries, cache.get('ci/prod') ?? stored(), part, signal);
    const body = { metadata: { name: 'prod', namespace: 'ci', uid: 'uid-prod' }, status: part };
    const options = { fieldManager: 'ecr-operator-verification', force: true, subresource: 'status', signal };
    expect(applied[1]).toEqual([body, options]);
    expect(cache.get('ci/prod')?.status).toEqual({ ...status, ...part });
  });

  it('neither writes nor compares what a verification wrote when a reconcile has something to say', async () => {
    const conditions = [verified];
    const whole = { ...status, conditions, verification: { requestedAt: 'r', startedAt: 's', stages: [] } };
    await apply(stored({ status: whole }), { ...status, conditions: [] });
    await apply(stored({ status: whole }), { ...whole });
    expect(applied).toEqual([]);
    await apply(stored({ status: whole }), { ...whole, secretName: 'other' });
    expect(applied).toMatchObject([[{ status: { ...status, conditions: [], secretName: 'other' } }, {}]]);
    expect(JSON.stringify(applied)).not.toContain('erif');
  });

  it('shows nothing of an object that is gone, and nothing of its status on its successor', async () => {
    await apply(stored(), status);
    objects.delete('ci/prod');
    expect(cache.get('ci/prod')).toBeUndefined();
    cache.forget('ci/prod');
    objects.set('ci/prod', stored());
    expect(cache.get('ci/prod')?.status).toBeUndefined();
  });

  it('lists the names in a namespace in order, without those that are being deleted', () => {
    const add = (name: string, more: Partial<EcrRegistry['metadata']> = {}): void => {
      const object = registry({}, { name, ...more });
      objects.set(`${object.metadata.namespace}/${name}`, object);
    };
    add('b');
    add('a');
    add('c', { namespace: 'other' });
    add('d', { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(cache.namesIn('ci')).toEqual(['a', 'b', 'prod']);
  });
});
