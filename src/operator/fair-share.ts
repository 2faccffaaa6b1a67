import { type Clock, sleep } from '../base/clock.ts';
import type { Turns } from '../kube/leader-election.ts';

/** How long a process that holds Leases waits before it tries for one more: others try every two seconds. */
const patienceMs = 3_000;
const mostPatienceMs = 4_000;
const otherTriesMs = 50;

/**
 * Lets one elector of a process try at a time, and a process that holds Leases wait a while, so that processes that start
 * together or take over from another share the Leases among them. Leases do not move while their holder lives.
 */
export class FairShare implements Turns {
  readonly #clock: Clock;
  #trying = false;
  #held = 0;
  #notBeforeMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async begin(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#trying ? otherTriesMs : this.#notBeforeMs - this.#clock.now();
      if (waitMs <= 0) break;
      await sleep(this.#clock, waitMs, signal).catch(() => undefined);
    }
    this.#trying = true;
  }

  end(held: boolean): void {
    this.#trying = false;
    if (!held) return;
    this.#held++;
    this.#notBeforeMs = this.#clock.now() + (this.#held === 1 ? patienceMs : mostPatienceMs);
  }
}
