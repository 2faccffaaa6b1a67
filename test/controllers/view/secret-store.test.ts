import { beforeEach, describe, expect, it } from 'vitest';
import { SecretStore } from '../../../src/controllers/view/secret-store.ts';
import type { ObservedSecret } from '../../../src/secrets/observed-secret.ts';
import { desiredSecret, observedSecret } from '../../secrets/fixtures.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const key = 'ci/prod-ecr';
const version = (resourceVersion: string, ownerUid: string | undefined = 'owner'): ObservedSecret =>
  observedSecret(desiredSecret([]), { resourceVersion, ownerUid });

let cache: Map<string, ObservedSecret>;
let store: SecretStore;
let clock: ManualClock;

/** The watch shows a new state: the cache changes first, then the store is told. */
function watch(name: string, now: ObservedSecret | undefined): boolean {
  const before = cache.get(name);
  if (now === undefined) cache.delete(name);
  else cache.set(name, now);
  return store.changed(name, now, before);
}

beforeEach(() => {
  cache = new Map();
  clock = new ManualClock();
  store = new SecretStore(cache, clock);
});

describe('the store of Secrets', () => {
  it('shows a write before the watch does, and what the watch shows later', () => {
    store.wrote(key, version('5'));
    expect(store.get(key)?.resourceVersion).toBe('5');
    watch(key, version('4'));
    expect(store.get(key)?.resourceVersion).toBe('5');
    watch(key, version('6'));
    expect(store.get(key)?.resourceVersion).toBe('6');
  });

  it('does not show what was deleted, although the watch still does, and shows what comes after', () => {
    watch(key, version('5'));
    store.deleted(key, '5');
    expect(store.get(key)).toBeUndefined();
    watch(key, undefined);
    watch(key, version('9'));
    expect(store.get(key)?.resourceVersion).toBe('9');
  });

  it('believes the watch again soon after a write that it never shows', async () => {
    store.wrote(key, version('5'));
    await clock.advance(30_000);
    expect(store.get(key)).toBeUndefined();
  });

  it('follows the watch back to an older version, as after a restore of etcd', () => {
    store.wrote(key, version('100'));
    watch(key, version('100'));
    watch(key, version('50'));
    expect(store.get(key)?.resourceVersion).toBe('50');
  });

  it('forgets a write of a Secret that came and went unseen', () => {
    store.wrote(key, version('5'));
    store.forget(key);
    expect(store.get(key)).toBeUndefined();
  });

  it('tells its own writes that come back from what others did', () => {
    store.wrote(key, version('5'));
    expect(watch(key, version('5'))).toBe(true);
    expect(watch(key, version('6'))).toBe(false);
    expect(watch(key, undefined)).toBe(false);
  });

  it('forgets its write when the Secret is deleted', () => {
    store.wrote(key, version('5'));
    watch(key, version('5'));
    watch(key, undefined);
    expect(store.get(key)).toBeUndefined();
    expect(store.ownedBy('owner')).toEqual([]);
  });

  it('knows which Secrets an object has, by the watch and by its own writes', () => {
    watch('ci/a', version('1'));
    store.wrote('ci/b', version('2'));
    watch('ci/c', version('3', 'somebody else'));
    expect(store.ownedBy('owner')).toEqual(['ci/a', 'ci/b']);
    expect(store.ownedBy('nobody')).toEqual([]);
  });

  it('follows a Secret that changes hands', () => {
    watch(key, version('1'));
    watch(key, version('2', 'new owner'));
    expect(store.ownedBy('owner')).toEqual([]);
    expect(store.ownedBy('new owner')).toEqual([key]);
    watch(key, { ...version('3'), ownerUid: undefined });
    expect(store.ownedBy('new owner')).toEqual([]);
  });
});
