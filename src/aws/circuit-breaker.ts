import { type BackoffPolicy, jitteredDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';

/** Whether a call may be made: yes; yes, as the one that finds out; or not before a time (epoch milliseconds). */
export type Permission =
  { kind: 'closed' } | { kind: 'probe' } | { kind: 'open'; untilMs: number; because: string };

/** So many failures in a row say that the endpoint is down, and not one caller's bad luck. */
const failuresToOpen = 5;
const openFor: BackoffPolicy = { baseMs: 5_000, maxMs: 60_000, factor: 2 };

/**
 * Keeps a thousand identities from finding out one by one that an endpoint is down. Opens after failures in a row; then
 * one call at a time probes until one gets through.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #openings = 0;
  #untilMs = 0;
  #because = '';
  #probing = false;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  ask(): Permission {
    if (this.#openings === 0) return { kind: 'closed' };
    if (this.#probing || this.#clock.now() < this.#untilMs) {
      return {
        kind: 'open',
        untilMs: Math.max(this.#untilMs, this.#clock.now() + 1_000),
        because: this.#because,
      };
    }
    this.#probing = true;
    return { kind: 'probe' };
  }

  /** The endpoint answered, were it with a refusal. */
  answered(): void {
    this.#failures = 0;
    this.#openings = 0;
    this.#probing = false;
  }

  /** The endpoint did not answer, or with an error of its own. */
  failed(because: string): void {
    this.#failures += 1;
    this.#probing = false;
    if (this.#failures < failuresToOpen) return;
    this.#openings += 1;
    this.#because = because;
    this.#untilMs = this.#clock.now() + jitteredDelay(this.#openings, openFor, this.#random);
  }
}
