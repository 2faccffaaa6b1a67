import type { KubeClient } from '../src/kube/client.ts';
import { type Following, followSecrets } from './follow-secrets.ts';

/** Notes when Secrets appear, from a watch, so that measuring asks the API server nothing. */
export class SecretWatch {
  readonly #seenAt = new Map<string, number>();
  readonly #waiting = new Map<string, (atMs: number) => void>();
  readonly #following: Following;

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

  /** Resolves to the moment (milliseconds of performance.now) at which `namespace/name` was first seen. */
  appears(key: string): Promise<number> {
    const seen = this.#seenAt.get(key);
    return seen === undefined
      ? new Promise((resolve) => this.#waiting.set(key, resolve))
      : Promise.resolve(seen);
  }

  stop(): void {
    this.#following.stop();
  }

  #note(key: string): void {
    if (this.#seenAt.has(key)) return;
    const now = performance.now();
    this.#seenAt.set(key, now);
    this.#waiting.get(key)?.(now);
    this.#waiting.delete(key);
  }
}
