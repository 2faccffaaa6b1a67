import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { LeaderElector } from '../../src/kube/leader-election.ts';
import { type Link, LeaseStore } from '../support/lease-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ProcessClock } from '../support/process-clock.ts';

const hour = 3_600_000;
const replicas = 3;

/** How the clocks of a replica differ from true time. */
interface Skew {
  readonly rate: number;
  readonly offsetMs: number;
}

type Fault =
  | { readonly kind: 'pause' | 'resume' | 'stop' | 'up'; readonly who: number }
  | { readonly kind: 'deaf' | 'mute' | 'refused'; readonly who: number }
  | { readonly kind: 'latency'; readonly who: number; readonly ms: number }
  | { readonly kind: 'pass'; readonly ms: number };

/** A replica: one process after the other, as a Deployment restarts them. */
class Replica {
  readonly clock: ProcessClock;
  readonly link: Link = { state: 'up', latencyMs: 5 };
  readonly #cluster: Cluster;
  readonly #name: string;
  #generation = 0;
  #stop = new AbortController();
  #elector: LeaderElector | undefined;
  #work: AbortSignal | undefined;

  constructor(cluster: Cluster, name: string, skew: Skew) {
    this.#cluster = cluster;
    this.#name = name;
    this.clock = new ProcessClock(cluster.clock, skew);
    this.#start();
  }

  isLeader(): boolean {
    return this.#elector?.isLeader() === true;
  }

  /** Whether code of the guarded work could run and write now. */
  isWorking(): boolean {
    return !this.clock.paused && this.#work?.aborted === false;
  }

  stop(): void {
    this.clock.run(() => this.#stop.abort());
  }

  #start(): void {
    this.#stop = new AbortController();
    this.#elector = new LeaderElector({
      client: this.#cluster.store.client(this.link, this.clock),
      clock: this.clock.wall,
      elapsed: this.clock.elapsed,
      random: () => 0.5,
      log: silentLog,
      identity: `${this.#name}-${++this.#generation}`,
      namespace: 'ops',
      name: 'ecr-operator',
    });
    const again = (): void => {
      this.#work = undefined;
      this.#elector = undefined;
      this.#cluster.clock.after(this.#cluster.restartMs, () => this.clock.run(() => this.#start()));
    };
    this.#elector.run(this.#stop.signal, (signal) => this.#lead(signal)).then(again, again);
  }

  /** Winding down takes half a second. */
  #lead(signal: AbortSignal): Promise<void> {
    this.#work = signal;
    this.#cluster.check();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => this.clock.elapsed.after(500, resolve));
    });
  }
}

class Cluster {
  readonly clock = new ManualClock(0);
  readonly store = new LeaseStore(this.clock);
  readonly replicas: readonly Replica[];
  /** Moments at which more than one replica led. */
  readonly doubles: string[] = [];

  /** How long a process that ended takes to come back. */
  readonly restartMs: number;

  constructor(skews: readonly Skew[], restartMs: number) {
    this.restartMs = restartMs;
    this.replicas = skews.map((skew, i) => new Replica(this, `replica${i}`, skew));
  }

  check(): void {
    const leaders = this.replicas?.filter((r) => r.isLeader() && !r.clock.paused).length;
    const believers = this.replicas?.filter((r) => r.isLeader()).length;
    if (leaders > 1 || believers > 1) this.doubles.push(`${believers} leaders at ${this.clock.now()} ms`);
  }

  leaders(): Replica[] {
    return this.replicas.filter((r) => r.isLeader());
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      await this.clock.advance(Math.min(500, left));
      this.check();
      const working = this.replicas.filter((r) => r.isWorking()).length;
      if (working > 1) this.doubles.push(`${working} at work at ${this.clock.now()} ms`);
    }
  }

  async inject(fault: Fault): Promise<void> {
    if (fault.kind === 'pass') {
      await this.pass(fault.ms);
      return;
    }
    const replica = this.replicas[fault.who % replicas];
    if (replica === undefined) return;
    if (fault.kind === 'pause') replica.clock.pause();
    else if (fault.kind === 'resume') replica.clock.resume();
    else if (fault.kind === 'stop') replica.stop();
    else if (fault.kind === 'latency') replica.link.latencyMs = fault.ms;
    else replica.link.state = fault.kind;
    this.check();
  }

  async heal(): Promise<void> {
    for (const replica of this.replicas) {
      replica.link.state = 'up';
      replica.link.latencyMs = 5;
      replica.clock.resume();
    }
    await this.pass(45_000);
  }
}

const who = fc.nat({ max: replicas - 1 });
const fault = fc.oneof<fc.WeightedArbitrary<Fault>[]>(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume', 'stop', 'up'), who }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('deaf' as const, 'mute', 'refused'), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('latency' as const), who, ms: fc.nat({ max: 9_000 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 25_000 }) }),
  },
);
// Fastest to slowest is 1.2 : 1, within the 1.5 : 1 of lease and renew deadline.
const skew = fc.record({
  rate: fc.constantFrom(1, 1.1, 1.05, 0.95, 0.92),
  offsetMs: fc.integer({ min: -48 * hour, max: 48 * hour }),
});

test('no two replicas ever lead together, and after the faults one leads, whatever their clocks say', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(skew, { minLength: replicas, maxLength: replicas }),
      fc.array(fault, { minLength: 5, maxLength: 25 }),
      async (skews, faults) => {
        const cluster = new Cluster(skews, 1_000);
        for (const f of faults) await cluster.inject(f);
        await cluster.heal();
        expect(cluster.doubles).toEqual([]);
        expect(cluster.leaders()).toHaveLength(1);
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

test('a leader that is stopped is followed by another within three seconds, again and again', async () => {
  const rate = fc.constantFrom(0.95, 1, 1.05);
  await fc.assert(
    fc.asyncProperty(fc.array(rate, { minLength: 3, maxLength: 3 }), async (rates) => {
      const cluster = new Cluster(
        rates.map((r, i) => ({ rate: r, offsetMs: i * hour })),
        8_000,
      );
      await cluster.pass(5_000);
      for (let round = 0; round < 5; round++) {
        const [leader] = cluster.leaders();
        leader?.stop();
        await cluster.pass(3_500);
        expect(cluster.leaders()).toHaveLength(1);
        expect(cluster.leaders()[0]).not.toBe(leader);
      }
      expect(cluster.doubles).toEqual([]);
    }),
    { numRuns: 10 },
  );
}, 60_000);
