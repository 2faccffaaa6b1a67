import type { Clock } from '../base/clock.ts';
import type { RequestRecord } from './transport-request.ts';

export interface WriteLimitOptions {
  readonly clock: Clock;
  /** How many writes may be under way at the same time when all is well. */
  readonly max: number;
}

/** However busy the API server is, a few writes go on and find out when that is over. */
const least = 2;
/** Answers that are summed up before the limit moves. */
const windowSize = 64;
/** Writes that take so much longer than in the best window, and longer than `slowSeconds`, wait for one another. */
const slowdown = 4;
const slowSeconds = 0.25;
/** The writes that were under way when the first was refused will be refused too: that is one piece of news. */
const halveEveryMs = 1_000;

/**
 * How many writes may be under way at the API server. The number halves on 429 (too many requests), shrinks while writes
 * take much longer than they did at best, and grows by one with each good window. Callers get their turn in the order in
 * which they came.
 */
export class WriteLimit {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #underWay = 0;
  #seconds = 0;
  #answers = 0;
  /** Mean of the best window so far; it ages, so that one lucky window does not count for ever. */
  #best = Infinity;
  #halvedAtMs = -Infinity;

  constructor({ clock, max }: WriteLimitOptions) {
    this.#clock = clock;
    this.#max = max;
    this.#limit = max;
  }

  /** Writes that may be under way at the moment. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Runs a write when it is its turn. */
  async run<T>(write: () => Promise<T>): Promise<T> {
    if (this.#underWay >= this.limit) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#underWay++;
    try {
      return await write();
    } finally {
      this.#next();
    }
  }

  /** To be told of each answer of the API server, of writes that are tried again too. */
  observe({ method, resource, status, seconds }: RequestRecord): void {
    if (method === 'GET' || resource === 'leases') return;
    if (status === 429) this.#halve();
    this.#seconds += seconds;
    if (++this.#answers === windowSize) this.#endWindow();
  }

  /** Hands the place of a write that ended to the next, as long as the limit allows. */
  #next(): void {
    this.#underWay--;
    while (this.#underWay < this.limit) {
      const go = this.#waiting.shift();
      if (go === undefined) return;
      this.#underWay++;
      go();
    }
  }

  #halve(): void {
    const now = this.#clock.now();
    if (now - this.#halvedAtMs < halveEveryMs) return;
    this.#halvedAtMs = now;
    this.#limit = Math.max(least, this.#limit / 2);
  }

  #endWindow(): void {
    const mean = this.#seconds / this.#answers;
    this.#seconds = 0;
    this.#answers = 0;
    this.#best = Math.min(mean, this.#best * 1.05);
    const slow = mean > slowSeconds && mean > slowdown * this.#best;
    if (!slow) this.#limit = Math.min(this.#max, this.#limit + 1);
    // Slow answers may be other people's doing: a part of the writes goes on. Only a refusal takes it further down.
    else if (this.#limit > this.#max / 4) this.#limit = Math.max(this.#max / 4, this.#limit * 0.75);
  }
}
