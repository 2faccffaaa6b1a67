import { describe, expect, test } from 'vitest';
import { LeadershipLostError } from '../../src/kube/leader-election.ts';
import { World } from '../support/election-world.ts';

describe('losing the lease', () => {
  test('a leader that cannot renew goes on for a while, and stops ten seconds after its last renewal', async () => {
    const world = new World();
    const a = world.start('a', { obedient: false });
    await world.clock.advance(100);
    a.link.state = 'deaf';
    await world.clock.advance(7_000);
    expect([a.elector.isLeader(), a.workSignal?.aborted]).toEqual([true, false]);
    await world.clock.advance(3_000);
    expect([a.elector.isLeader(), a.workSignal?.aborted]).toEqual([false, true]);
    expect(a.result).toBeInstanceOf(LeadershipLostError);
    expect((a.result as Error).message).toBe(
      'lost leadership: lease ops/ecr-operator of a was not renewed within 10000 ms',
    );
    expect((a.result as Error).cause).toMatchObject({
      message: expect.stringContaining('no answer') as string,
    });
  });

  test.each(['deaf', 'mute', 'refused'] as const)(
    'a leader outlives %s requests for seven seconds',
    async (state) => {
      const world = new World();
      const a = world.start('a');
      await world.clock.advance(100);
      a.link.state = state;
      await world.clock.advance(7_000);
      a.link.state = 'up';
      await world.clock.advance(60_000);
      expect([a.elector.isLeader(), a.result]).toEqual([true, undefined]);
    },
  );

  test('the ten seconds count from when the renewal was sent, not from when its answer came', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(100);
    a.link.latencyMs = 4_000;
    await world.clock.advance(6_000);
    a.link.state = 'deaf';
    await world.clock.advance(5_800);
    expect(a.elector.isLeader()).toBe(true);
    await world.clock.advance(200);
    expect(a.elector.isLeader()).toBe(false);
  });

  test('a leader that was stopped for 20 s knows at once that it does not lead, and writes no lease', async () => {
    const world = new World();
    const a = world.start('a', { obedient: false });
    await world.clock.advance(100);
    const b = world.start('b');
    await world.clock.advance(5_000);
    a.clock.pause();
    await world.clock.advance(20_000);
    expect(a.elector.isLeader()).toBe(false);
    a.clock.resume();
    await world.clock.advance(1);
    expect(a.result).toBeInstanceOf(LeadershipLostError);
    expect([b.elector.isLeader(), world.store.lease?.spec?.holderIdentity]).toEqual([true, 'b']);
  });

  test('a leader whose wall clock leapt forward cannot tell that from a suspension and stops', async () => {
    const world = new World();
    let leap = 0;
    const wall = { now: () => world.clock.now() + leap, after: () => () => undefined };
    const a = world.start('a', { options: { clock: wall } });
    await world.clock.advance(100);
    leap = 3_600_000;
    expect(a.elector.isLeader()).toBe(false);
    await world.clock.advance(2_000);
    expect(a.result).toBeInstanceOf(LeadershipLostError);
  });

  test.each([
    ['another process', 'x', 'was taken by x'],
    ['nobody', '', 'was taken by nobody'],
  ])('a leader whose lease was edited to be of %s stops at its next renewal', async (_, holder, how) => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(100);
    const metadata = { name: 'ecr-operator', resourceVersion: 'edited' };
    world.store.lease = { metadata, spec: { holderIdentity: holder } };
    await world.clock.advance(2_100);
    expect(a.result).toEqual(new LeadershipLostError(`lost leadership: lease ops/ecr-operator of a ${how}`));
  });

  test('a lease that was deleted is made anew by its leader while the standbys hold back', async () => {
    const world = new World();
    const a = world.start('a');
    await world.clock.advance(100);
    const b = world.start('b');
    for (let i = 0; i < 10; i++) {
      await world.clock.advance(3_370);
      world.store.lease = undefined;
    }
    await world.clock.advance(10_000);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
    expect(world.store.lease?.spec?.holderIdentity).toBe('a');
  });
});
