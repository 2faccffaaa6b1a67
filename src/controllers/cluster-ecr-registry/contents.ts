import { firstExpiry, type TokenRecords } from '../../secrets/token-records.ts';

/** Counts Secrets by what they hold. Thousands hold the same, as one object: see `parseTokenRecords`. */
export class Contents {
  readonly #counts = new Map<TokenRecords, { all: number; ready: number }>();

  count(records: TokenRecords, ready: boolean, by: 1 | -1): void {
    const count = this.#counts.get(records) ?? { all: 0, ready: 0 };
    count.all += by;
    if (ready) count.ready += by;
    if (count.all === 0) this.#counts.delete(records);
    else this.#counts.set(records, count);
  }

  all(): TokenRecords[] {
    return [...this.#counts.keys()];
  }

  /** How many are ready and hold a login that has not expired. `now` is epoch milliseconds. */
  ready(now: number): number {
    let sum = 0;
    for (const [records, { ready }] of this.#counts) if ((firstExpiry(records) ?? 0) > now) sum += ready;
    return sum;
  }
}
