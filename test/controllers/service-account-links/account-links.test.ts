import { beforeEach, describe, expect, it } from 'vitest';
import type { ClusterEcrRegistry } from '../../../src/api/cluster-ecr-registry.ts';
import { registry } from '../ecr-registry/fixtures.ts';
import { createWorld, defaultAccount } from './world.ts';

const key = 'ci/default';
let world: ReturnType<typeof createWorld>;

beforeEach(() => {
  world = createWorld();
  world.view.namespaces.set('ci', { uid: 'ns', labels: {}, terminating: false });
});

/** What is queued by a step. */
function queuedBy(step: () => void): string[] {
  world.queued.length = 0;
  step();
  return [...world.queued];
}

describe('a service account is looked at', () => {
  it('when the Secret that it should name comes, and not before', () => {
    world.setAccount(defaultAccount([]));
    expect(queuedBy(() => world.addRegistry())).toEqual([]);
    expect(queuedBy(() => world.addSecret('ci/other', 'uid-x'))).toEqual([]);
    expect(queuedBy(() => world.addSecret('ci/prod-ecr'))).toEqual([key]);
  });

  it('when it comes later than the Secret', () => {
    world.addRegistry();
    world.addSecret('ci/prod-ecr');
    world.setAccount(defaultAccount([]));
    expect(queuedBy(() => world.links.accountChanged(key))).toEqual([key]);
  });

  it('when the list of one that is linked changes hands, and not when anything else of it changes', () => {
    world.addRegistry();
    world.addSecret('ci/prod-ecr');
    world.setAccount(defaultAccount(['prod-ecr'], 'prod-ecr'));
    expect(queuedBy(() => world.links.accountChanged(key))).toEqual([]);
    world.setAccount(defaultAccount(['mine'], 'prod-ecr', 'kubectl'));
    expect(queuedBy(() => world.links.accountChanged(key))).toEqual([key]);
  });

  it('when the registry goes, or does not name it any more, or is being deleted', () => {
    world.addSecret('ci/prod-ecr');
    world.setAccount(defaultAccount(['prod-ecr'], 'prod-ecr'));
    const change = (registered: ReturnType<typeof registry> | undefined) =>
      queuedBy(() => {
        if (registered === undefined) world.view.registries.delete('ci/prod');
        else world.view.registries.set('ci/prod', registered);
        world.links.registryChanged('ci/prod');
      });
    const imagePullSecrets = { serviceAccounts: ['default'] };
    const linking = registry({ imagePullSecrets });
    const going = registry({ imagePullSecrets }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    for (const next of [undefined, registry(), going]) {
      world.addRegistry();
      expect(change(next)).toEqual([key]);
      expect(change(linking)).toEqual([]);
    }
  });

  it('when its namespace is selected, or not any more', () => {
    const spec = {
      ...registry({ imagePullSecrets: { serviceAccounts: ['def*'] } }).spec,
      namespaceSelector: { matchLabels: { team: 'yes' } },
    };
    const shared = { ...registry({}, { name: 'shared', uid: 'uid-shared' }), spec } as ClusterEcrRegistry;
    world.view.clusterRegistries.set('shared', shared);
    world.setAccount(defaultAccount([]));
    world.addSecret('ci/shared-ecr', 'uid-shared');
    expect(queuedBy(() => world.links.clusterRegistryChanged('shared'))).toEqual([]);
    const label = (labels: Record<string, string>) =>
      queuedBy(() => {
        world.view.namespaces.set('ci', { uid: 'ns', labels, terminating: false });
        world.links.namespaceChanged('ci');
      });
    expect(label({ team: 'yes' })).toEqual([key]);
    expect(label({})).toEqual([]);
    world.setAccount(defaultAccount(['shared-ecr'], 'shared-ecr'));
    expect(queuedBy(() => world.links.accountChanged(key))).toEqual([key]);
    expect(label({ team: 'yes' })).toEqual([]);
  });

  it('never in a namespace that is being deleted or gone', () => {
    world.setAccount(defaultAccount(['old'], 'old'));
    expect(world.keys()).toEqual([key]);
    world.view.namespaces.set('ci', { uid: 'ns', labels: {}, terminating: true });
    expect(world.keys()).toEqual([]);
    world.view.namespaces.delete('ci');
    world.view.namespaces.set('other', { uid: 'ns', labels: {}, terminating: false });
    expect(world.keys()).toEqual([]);
  });

  it('at the start only where there is something to do, also by an operator of one namespace', () => {
    world.view.namespaces.clear();
    world.addRegistry();
    world.addSecret('ci/prod-ecr');
    world.setAccount(defaultAccount(['prod-ecr'], 'prod-ecr'));
    expect(world.keys()).toEqual([]);
    world.setAccount(defaultAccount(['prod-ecr', 'old'], 'old,prod-ecr'));
    expect(world.keys()).toEqual([key]);
  });
});
