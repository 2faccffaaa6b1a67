import type { Clock } from '../../base/clock.ts';

/** Somebody may be watching; the API server has other work. */
const everyMs = 200;

/**
 * Writes the newest state of something that runs, at most once in 200 ms and never two at the same time. What has ended
 * before the first of them is due is not written at all.
 */
export class Progress<T> {
  readonly #clock: Clock;
  readonly #write: (state: T) => Promise<void>;
  #newest: { state: T } | undefined;
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** `write` must not reject. */
  constructor(clock: Clock, write: (state: T) => Promise<void>) {
    this.#clock = clock;
    this.#write = write;
  }

  set(state: T): void {
    this.#newest = { state };
    this.#cancel ??= this.#clock.after(everyMs, () => this.#begin());
  }

  /** Writes no more; resolves when the write that is under way has ended. */
  async stop(): Promise<void> {
    this.#newest = undefined;
    this.#cancel?.();
    await this.#writing;
  }

  #begin(): void {
    const { state } = this.#newest ?? {};
    if (state === undefined) return;
    this.#newest = undefined;
    this.#writing = this.#write(state).then(() => {
      this.#cancel = undefined;
      if (this.#newest !== undefined) this.set(this.#newest.state);
    });
  }
}
