import { mostStages, type Stage, type StageName } from '../api/verification.ts';
import type { Clock } from '../base/clock.ts';
import { untilAborted } from '../base/until-aborted.ts';
import { explain } from './explain.ts';

/** What a stage gives to those after it, and what it tells people. */
export interface StageOutcome<T> {
  readonly value: T;
  readonly message: string;
}

/** Thrown by the stage that failed; `reason` is that of the condition. */
export class StageFailed extends Error {
  override readonly name = 'StageFailed';
  readonly stage: Stage;
  readonly reason: string;

  constructor(stage: Stage, reason: string) {
    super(`${stage.name} failed: ${stage.message}`);
    this.stage = stage;
    this.reason = reason;
  }
}

export interface StageLogOptions {
  readonly clock: Clock;
  /** Told of all stages so far when one ends. */
  readonly onStage: (stages: readonly Stage[]) => void;
  /** `stop` is the caller's: its reason is rejected with. `limit` ends the stage as a failure of that stage. */
  readonly stop: AbortSignal;
  readonly limit: AbortSignal;
}

/** Runs stages one after the other and writes down how they ended. */
export class StageLog {
  readonly #options: StageLogOptions;
  #stages: readonly Stage[] = [];
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: StageLogOptions) {
    this.#options = options;
  }

  get stages(): readonly Stage[] {
    return this.#stages;
  }

  /** Resolves when the work of the last stage has ended, which may go on after its stage was given up. */
  async ended(): Promise<void> {
    await Promise.allSettled([this.#work]);
  }

  /** Runs one stage. Rejects with a StageFailed that is the last entry, or with the reason of `stop`. */
  async run<T>(
    name: StageName,
    subject: string | undefined,
    work: () => Promise<StageOutcome<T>> | StageOutcome<T>,
  ): Promise<T> {
    const { clock, stop, limit } = this.#options;
    stop.throwIfAborted();
    const startMs = clock.now();
    const about = { name, ...(subject === undefined ? {} : { subject }) };
    const durationMs = (): number => Math.max(0, Math.round(clock.now() - startMs));
    try {
      const working = start(work);
      this.#work = working;
      const { value, message } = await untilAborted(working, AbortSignal.any([stop, limit]));
      this.#add({ ...about, ok: true, durationMs: durationMs(), message });
      return value;
    } catch (error) {
      stop.throwIfAborted();
      const { reason, ...rest } = explain(error);
      const stage: Stage = { ...about, ok: false, durationMs: durationMs(), ...rest };
      this.#add(stage);
      throw new StageFailed(stage, reason);
    }
  }

  /** A status has room for so many: the first ones make way, since what fails comes last. */
  #add(stage: Stage): void {
    this.#stages = [...this.#stages, stage].slice(-mostStages);
    this.#options.onStage(this.#stages);
  }
}

/** An error that is thrown at once rejects, as one that comes later does. */
async function start<T>(work: () => Promise<T> | T): Promise<T> {
  return work();
}
