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

/** The stages that have ended: the last of them, as many as a status has room for, since what fails comes last. */
export interface EndedStages {
  readonly stages: readonly Stage[];
  /** How many went through before the first of `stages`. */
  readonly omitted: number;
  /** How long all of them took, those that were left out too. */
  readonly durationMs: number;
}

/** Before the first stage has ended. */
export const noStages: EndedStages = { stages: [], omitted: 0, durationMs: 0 };

export interface StageLogOptions {
  readonly clock: Clock;
  /** Told of each stage when it ends, and of all so far. */
  readonly onStage: (stage: Stage, ended: EndedStages) => void;
  /** `stop` is the caller's: its reason is rejected with. `limit` ends the stage as a failure of that stage. */
  readonly stop: AbortSignal;
  readonly limit: AbortSignal;
}

/** Runs stages one after the other and writes down how they ended. */
export class StageLog {
  readonly #options: StageLogOptions;
  #ended = noStages;
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: StageLogOptions) {
    this.#options = options;
  }

  get ended(): EndedStages {
    return this.#ended;
  }

  /** Resolves when the work of the last stage has ended, which may go on after its stage was given up. */
  async idle(): Promise<void> {
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

  #add(stage: Stage): void {
    const { stages, omitted, durationMs } = this.#ended;
    const all = [...stages, stage];
    const shown = all.slice(-mostStages);
    this.#ended = {
      stages: shown,
      omitted: omitted + all.length - shown.length,
      durationMs: durationMs + stage.durationMs,
    };
    this.#options.onStage(stage, this.#ended);
  }
}

/** An error that is thrown at once rejects, as one that comes later does. */
async function start<T>(work: () => Promise<T> | T): Promise<T> {
  return work();
}
