import type { Clock } from '../base/clock.ts';
import { SingleFlight } from '../base/single-flight.ts';
import { patiently } from './patience.ts';

interface RecentCallsDeps {
  readonly clock: Clock;
  readonly random: () => number;
}

/** Long enough for many objects that are verified together, too short for anybody to mistake it for a cache. */
const shareMs = 3_000;

/**
 * Shares calls between verifications that run at the same time: one call per key, and its success for a few seconds more.
 * A failure is never shared with those that come after it: whoever mended something sees it at once. Nothing is kept,
 * credentials least of all, when the last verification has ended.
 */
export class RecentCalls {
  readonly #deps: RecentCallsDeps;
  readonly #flights = new SingleFlight<unknown>();
  readonly #answers = new Map<string, { value: unknown; atMs: number }>();
  #users = 0;

  constructor(deps: RecentCallsDeps) {
    this.#deps = deps;
  }

  /** To be called when a verification begins; what it returns, when it ends. */
  enter(): () => void {
    this.#users++;
    return () => {
      this.#users--;
      if (this.#users === 0) this.#answers.clear();
    };
  }

  /** `key` names the call and everything that its answer rests on; calls of one key have one type of answer. */
  async run<T>(key: string, call: () => Promise<T>): Promise<T> {
    this.#forgetOld();
    const recent = this.#answers.get(key);
    if (recent !== undefined) return recent.value as T;
    return this.#flights.run(key, async () => {
      const startedMs = this.#deps.clock.now();
      const value = await patiently(this.#deps, call);
      // Counted from the start: what was answered late is not kept for longer.
      if (this.#users > 0) this.#answers.set(key, { value, atMs: startedMs });
      return value;
    }) as Promise<T>;
  }

  #forgetOld(): void {
    const now = this.#deps.clock.now();
    for (const [key, { atMs }] of this.#answers) {
      if (now < atMs || now - atMs >= shareMs) this.#answers.delete(key);
    }
  }
}
