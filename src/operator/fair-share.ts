import { type Clock, sleep } from '../base/clock.ts';
import type { Turns } from '../kube/leader-election.ts';

/** So much longer than the one before does a process wait for each further Lease: others try every two seconds. */
const patienceMs = 3_000;
const otherTriesMs = 50;

/**
 * Lets one elector of a process try at a time, and the less often the more Leases the process holds, so that processes that
 * start together or take over from another share the Leases among them. Leases do not move while their holder lives.
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
    this.#notBeforeMs = this.#clock.now() + this.#held * patienceMs;
  }
}
