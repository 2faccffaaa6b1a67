import type { KubeClient } from '../src/kube/client.ts';
import { type Following, followSecrets } from './follow-secrets.ts';

/** How often a Secret changed since the last reset, and when for the last time (milliseconds of performance.now). */
export interface Changes {
  times: number;
  lastMs: number;
}

/** Counts the changes of Secrets, from a watch: each write that changes something is an event. */
export class SecretChanges {
  readonly #changes = new Map<string, Changes>();
  readonly #following: Following;
  #awaited = { missing: new Set<string>(), resolve: (): void => undefined };

  constructor(client: KubeClient) {
    this.#following = followSecrets(
      client,
      () => true,
      (key) => this.#note(key),
    );
  }

  synced(): Promise<void> {
    return this.#following.synced();
  }

  reset(): void {
    this.#changes.clear();
  }

  of(key: string): Changes {
    return this.#changes.get(key) ?? { times: 0, lastMs: Number.NaN };
  }

  /** Resolves when each of the Secrets (`namespace/name`) has changed since the last reset; one call at a time. */
  async all(keys: readonly string[], timeoutMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const missing = new Set(keys.filter((key) => !this.#changes.has(key)));
    this.#awaited = { missing, resolve };
    if (missing.size === 0) resolve();
    const late = (): void =>
      reject(new Error(`${missing.size} of ${keys.length} Secrets did not change within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    await promise.finally(() => clearTimeout(timer));
  }

  stop(): void {
    this.#following.stop();
  }

  #note(key: string): void {
    const { times } = this.of(key);
    this.#changes.set(key, { times: times + 1, lastMs: performance.now() });
    const { missing, resolve } = this.#awaited;
    if (missing.delete(key) && missing.size === 0) resolve();
  }
}
