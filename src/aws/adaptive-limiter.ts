import type { Clock } from '../base/clock.ts';

/** Rates in calls per second. */
export interface LimiterOptions {
  clock: Clock;
  start: number;
  max: number;
}

/** However throttled, a call every two seconds finds out when it is over. */
const leastRate = 0.5;
/** After a throttling, the way back to the maximum takes about this long. */
const recoverySeconds = 120;
/** The calls that were under way when the first was throttled will be throttled too: that is one piece of news. */
const halveEveryMs = 1_000;

/**
 * A token bucket whose rate follows what AWS bears: it doubles each second while nothing is throttled, halves when
 * something is, and from then on grows slowly. Callers get their turn in the order in which they came.
 */
export class AdaptiveLimiter {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #rate: number;
  #tokens: number;
  #filledAtMs: number;
  #halvedAtMs: number | undefined;
  #grownAtMs: number;
  #timerSet = false;

  constructor({ clock, start, max }: LimiterOptions) {
    this.#clock = clock;
    this.#max = max;
    this.#rate = Math.min(start, max);
    this.#tokens = this.#rate;
    this.#filledAtMs = clock.now();
    this.#grownAtMs = clock.now();
  }

  /** Calls per second at the moment. */
  get rate(): number {
    return this.#rate;
  }

  /** How many callers wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the caller may make its call. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
  }

  /** To be told when AWS throttled a call. */
  throttled(): void {
    const now = this.#clock.now();
    if (this.#halvedAtMs !== undefined && now - this.#halvedAtMs < halveEveryMs) return;
    this.#halvedAtMs = now;
    this.#grownAtMs = now;
    this.#rate = Math.max(leastRate, this.#rate / 2);
    // What was saved up must not follow as a burst.
    this.#tokens = Math.min(this.#tokens, 0);
    this.#filledAtMs = now;
  }

  /** To be told when AWS took a call. */
  succeeded(): void {
    const now = this.#clock.now();
    const quiet = (now - this.#grownAtMs) / 1000;
    const slow = (this.#max / recoverySeconds) * Math.min(quiet, 1);
    this.#rate = Math.min(this.#max, this.#rate + (this.#halvedAtMs === undefined ? 1 : slow));
    this.#grownAtMs = now;
  }

  #serve(): void {
    this.#fill();
    while (this.#tokens >= 1 && this.#waiting.length > 0) {
      this.#tokens -= 1;
      this.#waiting.shift()?.();
    }
    if (this.#waiting.length === 0 || this.#timerSet) return;
    this.#timerSet = true;
    this.#clock.after(Math.ceil(((1 - this.#tokens) / this.#rate) * 1000), () => {
      this.#timerSet = false;
      this.#serve();
    });
  }

  #fill(): void {
    const now = this.#clock.now();
    const seconds = Math.max(0, now - this.#filledAtMs) / 1000;
    this.#tokens = Math.min(Math.max(1, this.#rate), this.#tokens + seconds * this.#rate);
    this.#filledAtMs = now;
  }
}
