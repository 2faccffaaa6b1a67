import type { Clock } from '../../src/base/clock.ts';
import type { ManualClock } from './manual-clock.ts';

/**
 * The clocks of one simulated process beside others on the same ManualClock. They run at their own rate, the wall clock
 * is off by `offsetMs`, and a paused process (SIGSTOP) sees its timers and answers only after it goes on.
 */
export class ProcessClock {
  readonly elapsed: Clock;
  readonly wall: Clock;
  readonly #base: ManualClock;
  readonly #rate: number;
  #held: (() => void)[] | undefined;

  constructor(base: ManualClock, { rate = 1, offsetMs = 0 } = {}) {
    this.#base = base;
    this.#rate = rate;
    const view = (offset: number): Clock => ({
      now: () => offset + base.now() * rate,
      after: (ms, fn) => this.#after(ms, fn),
    });
    this.elapsed = view(0);
    this.wall = view(offsetMs);
  }

  get paused(): boolean {
    return this.#held !== undefined;
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const fn of held) fn();
  }

  /** Runs `fn` in the process: now, or when it goes on. */
  run(fn: () => void): void {
    if (this.#held === undefined) fn();
    else this.#held.push(fn);
  }

  #after(ms: number, fn: () => void): () => void {
    let cancelled = false;
    // As real timers do, these fire rather late than early.
    const cancel = this.#base.after(Math.ceil(ms / this.#rate), () => this.run(() => cancelled || fn()));
    return () => {
      cancelled = true;
      cancel();
    };
  }
}
