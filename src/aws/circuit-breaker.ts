import { type BackoffPolicy, jitteredDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';

/** Whether a call may be made: yes; yes, as the one that finds out; or not, and why. */
export type Permission = { kind: 'closed' } | { kind: 'probe' } | { kind: 'open'; because: string };

/** So many failures in a row say that the endpoint is down, and not one caller's bad luck. */
const failuresToOpen = 5;
const openFor: BackoffPolicy = { baseMs: 5_000, maxMs: 60_000, factor: 2 };

/** While it is open: since when, until when, how often in a row, and what failed last. Epoch milliseconds. */
interface Opening {
  atMs: number;
  untilMs: number;
  count: number;
  because: string;
}

/**
 * Keeps a thousand identities from finding out one by one that an endpoint is down. Opens after failures in a row; then
 * one call at a time probes until one gets through. What becomes of a call is told with the permission it had, so that
 * the late failures of calls from before say nothing new.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #opening: Opening | undefined;
  #probe: Permission | undefined;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  ask(): Permission {
    if (this.#opening === undefined) return { kind: 'closed' };
    const { atMs, untilMs, because } = this.#opening;
    const now = this.#clock.now();
    // A clock that was set back must not hold it open for as long as the jump.
    const isTime = now >= untilMs || now < atMs;
    if (this.#probe !== undefined || !isTime) return { kind: 'open', because };
    this.#probe = { kind: 'probe' };
    return this.#probe;
  }

  /** The endpoint answered, were it with a refusal. */
  answered(): void {
    this.#failures = 0;
    this.#opening = undefined;
    this.#probe = undefined;
  }

  /** The endpoint did not answer, or with an error of its own. */
  failed(permission: Permission, because: string): void {
    if (permission === this.#probe) {
      this.#probe = undefined;
      this.#open((this.#opening?.count ?? 0) + 1, because);
    } else if (this.#opening === undefined) {
      this.#failures += 1;
      if (this.#failures >= failuresToOpen) this.#open(1, because);
    }
  }

  /** The call was not made after all. */
  abandoned(permission: Permission): void {
    if (permission === this.#probe) this.#probe = undefined;
  }

  #open(count: number, because: string): void {
    const atMs = this.#clock.now();
    this.#opening = { atMs, untilMs: atMs + jitteredDelay(count, openFor, this.#random), count, because };
  }
}
