import { type BackoffPolicy, exponentialDelay } from '../../base/backoff.ts';

const pace: BackoffPolicy = { baseMs: 1_000, maxMs: 60_000, factor: 2 };
const calmAfterMs = 600_000;

/**
 * How soon something that others undo is done again. The first time at once; a tool that insists on its own state meets
 * the operator ever more rarely, once a minute in the end.
 */
export class RepairPace {
  readonly #repairs = new Map<string, { count: number; atMs: number }>();

  /** Milliseconds to wait before the next repair. `now` is epoch milliseconds. */
  waitMs(key: string, now: number): number {
    const last = this.#repairs.get(key);
    if (last === undefined) return 0;
    // A clock that was set back says nothing about how long ago it was.
    if (Math.abs(now - last.atMs) < calmAfterMs)
      return Math.max(0, last.atMs + exponentialDelay(last.count, pace) - now);
    this.#repairs.delete(key);
    return 0;
  }

  repaired(key: string, now: number): void {
    this.#repairs.set(key, { count: (this.#repairs.get(key)?.count ?? 0) + 1, atMs: now });
  }

  forget(key: string): void {
    this.#repairs.delete(key);
  }
}
