import { describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import {
  LeaderElector,
  type LeaderElectionOptions,
  LeadershipLostError,
} from '../../src/kube/leader-election.ts';
import { type Link, LeaseStore } from '../support/lease-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ProcessClock } from '../support/process-clock.ts';

/** One process that takes part, with what happened to it. */
interface Process {
  readonly elector: LeaderElector;
  readonly clock: ProcessClock;
  readonly link: Link;
  readonly stop: AbortController;
  /** Ends the guarded work. */
  readonly endWork: (error?: Error) => void;
  readonly ended: Promise<unknown>;
  result: unknown;
  workSignal: AbortSignal | undefined;
}

interface ProcessOptions {
  readonly offsetMs?: number;
  readonly obedient?: boolean;
  readonly options?: Partial<LeaderElectionOptions>;
}

class World {
  readonly clock = new ManualClock(0);
  readonly store = new LeaseStore(this.clock);

  /** Starts a process whose work goes on until `endWork`, or until its signal aborts if `obedient`. */
  start(identity: string, { offsetMs = 0, obedient = true, options = {} }: ProcessOptions = {}): Process {
    const clock = new ProcessClock(this.clock, { offsetMs });
    const link: Link = { state: 'up', latencyMs: 5 };
    const elector = new LeaderElector({
      client: this.store.client(link, clock),
      clock: clock.wall,
      elapsed: clock.elapsed,
      random: () => 0.5,
      log: silentLog,
      identity,
      namespace: 'ops',
      name: 'ecr-operator',
      ...options,
    });
    const stop = new AbortController();
    const work = Promise.withResolvers<void>();
    const endWork = (error?: Error): void => (error === undefined ? work.resolve() : work.reject(error));
    const lead = (signal: AbortSignal): Promise<void> => {
      self.workSignal = signal;
      if (obedient) signal.addEventListener('abort', () => work.resolve());
      return work.promise;
    };
    const run = elector.run(stop.signal, lead);
    const ended = run.then(
      () => (self.result = 'resolved'),
      (error: unknown) => (self.result = error),
    );
    const self: Process = {
      elector,
      clock,
      link,
      stop,
      endWork,
      ended,
      result: undefined,
      workSignal: undefined,
    };
    return self;
  }
}

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

test.each([
  [{ leaseMs: 10_000 }, 'leaseMs (10000) must be above renewDeadlineMs (10000)'],
  [{ renewDeadlineMs: 2_400 }, 'renewDeadlineMs (2400) must be above 1.2 times retryMs (2000)'],
  [{ retryMs: 0 }, 'retryMs must be above 0, is 0'],
  [{ identity: '' }, 'identity must not be empty'],
])('the elector refuses %o', (options, message) => {
  expect(() => new World().start('a', { options })).toThrow(message);
});
