import { defaultBackoff, jitteredDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Controller, QueueOptions } from '../controllers/controller.ts';
import { type Run, runWorkers, type Workers } from '../kube/controller-loop.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import type { Metrics } from './metrics.ts';

export interface LinesDeps {
  /** Whether a key of a kind belongs to these lines. */
  owns(kind: string, key: string): boolean;
  metrics: Pick<Metrics, 'queue' | 'reconciled'>;
  /** Times the queues: follows the time of day forward, and is not held up when that is set back. */
  schedule: Clock;
  random: () => number;
  log: Log;
}

/** The controller of a kind with its queue. */
interface Line {
  controller: Controller;
  queue: WorkQueue<string>;
}

/** A queue and workers for each controller; keys are taken in only while this process works. */
export class Lines {
  readonly #deps: LinesDeps;
  readonly #lines = new Map<string, Line>();
  readonly #workers: Workers[] = [];
  #working = false;
  #runs = 0;

  constructor(deps: LinesDeps) {
    this.#deps = deps;
  }

  add(controller: Controller): void {
    const { metrics, schedule, random } = this.#deps;
    const queue = new WorkQueue<string>({
      clock: schedule,
      retryDelayMs: (failures) => jitteredDelay(failures, defaultBackoff, random),
      observer: metrics.queue(controller.kind),
    });
    this.#lines.set(controller.kind, { controller, queue });
  }

  /** Puts a key into the queue of a kind. */
  queue(kind: string, key: string, { priority = 'high', afterMs = 0 }: QueueOptions = {}): void {
    if (this.#working) this.#lines.get(kind)?.queue.addAfter(key, afterMs, { priority });
  }

  /**
   * Works on all objects and what is queued until `stop` aborts, then ends what is under way within two seconds. `abandon`
   * aborts that too.
   */
  async work(workers: number, stop: AbortSignal, abandon: AbortSignal): Promise<void> {
    this.#working = true;
    const end = AbortSignal.any([abandon, afterGrace(stop, this.#deps.schedule)]);
    for (const line of this.#lines.values()) this.#workers.push(this.#start(line, workers, stop, end));
    await Promise.all(this.#workers.map((each) => each.finished));
  }

  /** How many keys have been worked on. */
  get runs(): number {
    return this.#runs;
  }

  /** Epoch milliseconds since when the slowest worker has shown no progress. */
  lastProgressMs(): number {
    return Math.min(this.#deps.schedule.now(), ...this.#workers.map((each) => each.lastProgressMs()));
  }

  /** Starts the workers of a kind on all of its objects. */
  #start({ controller, queue }: Line, workers: number, stop: AbortSignal, end: AbortSignal): Workers {
    const { metrics, schedule, log, owns } = this.#deps;
    const { kind } = controller;
    const reconcile = (key: string, signal: AbortSignal) => controller.reconcile(key, signal);
    const observe = ({ outcome }: Run): void => {
      this.#runs++;
      metrics.reconciled(kind, outcome);
    };
    const started = runWorkers({ queue, workers, reconcile, clock: schedule, log, observe }, end);
    const shutDown = (): void => void queue.shutDown();
    stop.addEventListener('abort', shutDown, { once: true });
    if (stop.aborted) shutDown();
    for (const key of controller.keys()) if (owns(kind, key)) queue.add(key, { priority: 'low' });
    log.info({ kind, objects: queue.length }, 'working');
    return started;
  }
}

/** A write ends in milliseconds; a call to AWS may take half a minute, and whoever leads next makes it again. */
const graceMs = 2_000;

/** Aborts some time after `stop` does. */
function afterGrace(stop: AbortSignal, clock: Clock): AbortSignal {
  const end = new AbortController();
  const abort = (): void => end.abort(new Error('stopping', { cause: stop.reason }));
  const arm = (): void => void clock.after(graceMs, abort);
  if (stop.aborted) arm();
  else stop.addEventListener('abort', arm, { once: true });
  return end.signal;
}
