import { describe, expect, it } from 'vitest';
import {
  decideTarget,
  type TargetWorld,
} from '../../../src/controllers/cluster-ecr-registry/decide-target.ts';
import { observedSecret } from '../../secrets/fixtures.ts';
import { now } from '../ecr-registry/fixtures.ts';
import { clusterRegistry, planOf } from './fixtures.ts';

const registry = clusterRegistry();
const world = (change: Partial<TargetWorld> = {}): TargetWorld => ({
  registry,
  plan: planOf(registry),
  namespace: 'web',
  facts: { uid: 'ns', labels: {}, terminating: false },
  observed: undefined,
  owned: [],
  ...change,
});

function synced(change: Partial<TargetWorld> = {}) {
  const decision = decideTarget(world(change), now);
  if (decision.kind !== 'sync') throw new Error(`it is ${decision.kind}`);
  return decision;
}

/** The Secret as it is after it was written. */
const ours = observedSecret(synced().desired, { ownerUid: 'uid-shared' });
const elsewhere = clusterRegistry({ namespaceSelector: { matchLabels: { a: 'b' } } });

describe('the Secret of a cluster registry in one namespace', () => {
  it('is made where it is not there', () => {
    const { desired, plan } = synced();
    expect(desired).toMatchObject({
      namespace: 'web',
      name: 'shared-ecr',
      owner: { kind: 'ClusterEcrRegistry', name: 'shared', uid: 'uid-shared' },
    });
    expect(plan.kind).toBe('sync');
  });

  it('is a conflict where somebody else has the name', () => {
    expect(synced({ observed: { ...ours, ownerUid: 'another' } }).plan.kind).toBe('conflict');
  });

  it('stays while the registry waits for somebody', () => {
    const plan = { kind: 'stalled', stall: { reason: 'Suspended', message: '' } } as const;
    expect(decideTarget(world({ plan, observed: ours }), now)).toEqual({ kind: 'hold' });
  });

  const found = { key: 'web/shared-ecr', secret: ours };
  const former = { key: 'web/former', secret: { ...ours, uid: 'uid-former' } };
  const removed = (change: Partial<TargetWorld>) =>
    decideTarget(world({ registry: elsewhere, observed: ours, owned: [found, former], ...change }), now);

  it('goes with the selection, and those of former names with it', () => {
    expect(removed({})).toEqual({ kind: 'remove', secrets: [found, former] });
  });

  it.each<[string, Partial<TargetWorld>]>([
    ['there is none of ours', { owned: [] }],
    ['it is being deleted', { owned: [{ ...found, secret: { ...ours, deleting: true } }] }],
    ['the namespace goes and takes it along', { facts: { uid: 'ns', labels: {}, terminating: true } }],
    ['the namespace is gone', { facts: undefined }],
    [
      'it is to be retained',
      { registry: { ...elsewhere, spec: { ...elsewhere.spec, deletionPolicy: 'Retain' } } },
    ],
  ])('is left alone in a namespace that is not selected where %s', (_what, change) => {
    expect(removed(change)).toEqual({ kind: 'remove', secrets: [] });
  });

  it('falls due at another moment in each namespace', () => {
    const shares = ['a', 'b', 'c', 'd'].map(
      (namespace) => synced({ namespace }).desired.tokens[0]?.lateShare,
    );
    expect(new Set(shares).size).toBe(4);
  });
});
