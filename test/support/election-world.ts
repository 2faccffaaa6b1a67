import { silentLog } from '../../src/base/log.ts';
import { LeaderElector, type LeaderElectionOptions } from '../../src/kube/leader-election.ts';
import { type Link, LeaseStore } from './lease-store.ts';
import { ManualClock } from './manual-clock.ts';
import { ProcessClock } from './process-clock.ts';

/** One process that takes part, with what happened to it. */
export interface Process {
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

/** An API server with one Lease, and processes that want it, on one clock. */
export class World {
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
