/** How retry delays grow: `baseMs`, then `factor` times more for each further failure, never above `maxMs`. */
export interface BackoffPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
  readonly factor: number;
}

/** The retry schedule of every queue unless it asks for another: 5 s to 5 min. */
export const defaultBackoff: BackoffPolicy = { baseMs: 5_000, maxMs: 300_000, factor: 2 };

/** Milliseconds to wait after failure number `attempt` (the first failure is 1), without jitter. */
export function exponentialDelay(attempt: number, { baseMs, maxMs, factor }: BackoffPolicy): number {
  const growth = factor ** Math.max(0, attempt - 1);
  return Math.min(maxMs, baseMs * growth);
}

/**
 * Milliseconds to wait after failure number `attempt`, evenly spread between `baseMs` and the delay of the attempt after
 * it. Jitter that starts at zero would let a key retry at once, and jitter that starts with the second failure would
 * leave ten thousand keys that failed together in step.
 */
export function jitteredDelay(attempt: number, policy: BackoffPolicy, random: () => number): number {
  const floor = Math.min(policy.baseMs, policy.maxMs);
  const ceiling = exponentialDelay(attempt + 1, policy);
  return floor + random() * (ceiling - floor);
}

/** Counts failures in a row per key; a key without failures takes no memory. */
export class FailureCounts<K> {
  readonly #counts = new Map<K, number>();

  /** Adds one failure and returns how many there are now. */
  add(key: K): number {
    const count = this.of(key) + 1;
    this.#counts.set(key, count);
    return count;
  }

  of(key: K): number {
    return this.#counts.get(key) ?? 0;
  }

  forget(key: K): void {
    this.#counts.delete(key);
  }
}
