import { describe, expect, test } from 'vitest';
import { World } from '../support/election-world.ts';

describe('taking the lease', () => {
  test('the first process leads at once and keeps the lease with one write per two seconds', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(60_000);
    expect([a.elector.isLeader(), a.workSignal?.aborted]).toEqual([true, false]);
    expect(world.store.writes).toBeGreaterThanOrEqual(29);
    expect(world.store.writes).toBeLessThanOrEqual(31);
    expect(world.store.lease?.spec?.leaseTransitions).toBe(0);
  });

  test('a standby does not lead while the leader lives, also if its clock is a day ahead', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(100);
    const b = world.start('b', { offsetMs: 24 * 3_600_000 });
    await world.clock.advance(3_600_000);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
  });

  test('a standby replaces a leader that vanished within 20 s, and not before the lease is over', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(100);
    const b = world.start('b', { offsetMs: -24 * 3_600_000 });
    await world.clock.advance(10_000);
    a.clock.pause();
    await world.clock.advance(12_900);
    expect(b.elector.isLeader()).toBe(false);
    await world.clock.advance(7_100);
    expect(b.elector.isLeader()).toBe(true);
    expect(world.store.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  test('what else is in the lease object is kept', async () => {
    const world = new World();
    world.store.lease = { metadata: { name: 'ecr-operator', labels: { team: 'x' }, resourceVersion: 'r' } };
    world.start('a');
    await world.clock.advance(100);
    expect(world.store.lease).toMatchObject({
      metadata: { labels: { team: 'x' } },
      spec: { holderIdentity: 'a', leaseTransitions: 1 },
    });
  });

  test('an attempt whose answer got lost is recognised as our own', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(4);
    a.link.state = 'mute';
    await world.clock.advance(5_000);
    expect([world.store.lease?.spec?.holderIdentity, a.elector.isLeader()]).toEqual(['a', false]);
    a.link.state = 'up';
    await world.clock.advance(5_000);
    expect([a.elector.isLeader(), world.store.lease?.spec?.leaseTransitions]).toEqual([true, 0]);
  });
});

describe('stopping', () => {
  test('gives the lease back so that another process leads within 3 s', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(100);
    const b = world.start('b');
    await world.clock.advance(30_000);
    a.stop.abort();
    await world.clock.advance(50);
    expect(a.result).toBe('resolved');
    expect(world.store.lease?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await world.clock.advance(2_950);
    expect(b.elector.isLeader()).toBe(true);
  });

  test('keeps the lease until the guarded work has ended, however long that takes', async () => {
    const world = new World();
    const a = world.start('a', { obedient: false });
    await world.clock.advance(100);
    const b = world.start('b');
    a.stop.abort(new Error('SIGTERM'));
    await world.clock.advance(60_000);
    expect(a.workSignal?.reason).toEqual(new Error('SIGTERM'));
    expect([a.result, a.elector.isLeader(), b.elector.isLeader()]).toEqual([undefined, true, false]);
    a.endWork();
    await world.clock.advance(3_000);
    expect([a.result, a.elector.isLeader(), b.elector.isLeader()]).toEqual(['resolved', false, true]);
  });

  test('as a standby ends at once and writes nothing', async () => {
    const world = new World();
    world.start('a');
    await world.clock.advance(100);
    const b = world.start('b');
    await world.clock.advance(100);
    b.stop.abort();
    await world.clock.advance(10);
    expect([b.result, b.workSignal, world.store.lease?.spec?.holderIdentity]).toEqual([
      'resolved',
      undefined,
      'a',
    ]);
  });

  test('while the lease is being taken does not start the work and gives the lease back', async () => {
    const world = new World();
    const a = world.start('a');
    a.stop.abort();
    await world.clock.advance(100);
    expect([a.result, a.workSignal, world.store.lease?.spec?.holderIdentity]).toEqual([
      'resolved',
      undefined,
      '',
    ]);
  });

  test('without an API server still ends, and the lease runs out by itself', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(100);
    a.link.state = 'deaf';
    a.stop.abort();
    await world.clock.advance(10_000);
    expect([a.result, world.store.lease?.spec?.holderIdentity]).toEqual(['resolved', 'a']);
  });

  test('because the work failed gives the lease back and rejects with its error', async () => {
    const world = new World();
    const a = world.start('a', { obedient: false });
    await world.clock.advance(100);
    a.endWork(new Error('list failed'));
    await world.clock.advance(100);
    expect([a.result, world.store.lease?.spec?.holderIdentity]).toEqual([new Error('list failed'), '']);
  });
});

test.each([
  [{ leaseMs: 10_000 }, 'leaseMs (10000) must be above renewDeadlineMs (10000)'],
  [{ renewDeadlineMs: 2_400 }, 'renewDeadlineMs (2400) must be above 1.2 times retryMs (2000)'],
  [{ retryMs: 0 }, 'retryMs must be above 0, is 0'],
  [{ identity: '' }, 'identity must not be empty'],
])('the elector refuses %o', (options, message) => {
  expect(() => new World().start('a', { options })).toThrow(message);
});
