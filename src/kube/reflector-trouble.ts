import { errorChain } from '../base/error-chain.ts';
import type { Log } from '../base/log.ts';

/** Logs trouble when it begins or changes its reason, and its end: not every retry, which would be thousands of lines. */
export class TroubleLog {
  readonly #log: Log;
  readonly #what: string;
  #reason: string | undefined;

  constructor(log: Log, what: string) {
    this.#log = log;
    this.#what = what;
  }

  met(error: unknown): void {
    const reason = errorChain(error);
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#log.warn({ reason }, `${this.#what} failed, trying again until it works`);
  }

  over(): void {
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#log.info({}, `${this.#what} works again`);
  }
}
