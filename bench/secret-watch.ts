import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { secrets } from '../src/kube/object.ts';
import { createReflector } from '../src/kube/reflector.ts';

/** Notes when Secrets appear, from a watch, so that measuring asks the API server nothing. */
export class SecretWatch {
  readonly #seenAt = new Map<string, number>();
  readonly #waiting = new Map<string, (atMs: number) => void>();
  readonly #stop = new AbortController();
  readonly #synced: Promise<void>;

  constructor(client: KubeClient) {
    const reflector = createReflector<true>({
      client,
      type: secrets,
      metadataOnly: true,
      trim: () => true,
      onChange: (key) => this.#note(key),
      clock: systemClock,
      random: Math.random,
      log: silentLog,
    });
    void reflector.run(this.#stop.signal);
    this.#synced = reflector.synced();
  }

  synced(): Promise<void> {
    return this.#synced;
  }

  /** Resolves to the moment (milliseconds of performance.now) at which `namespace/name` was first seen. */
  appears(key: string): Promise<number> {
    const seen = this.#seenAt.get(key);
    return seen === undefined
      ? new Promise((resolve) => this.#waiting.set(key, resolve))
      : Promise.resolve(seen);
  }

  stop(): void {
    this.#stop.abort();
  }

  #note(key: string): void {
    if (this.#seenAt.has(key)) return;
    const now = performance.now();
    this.#seenAt.set(key, now);
    this.#waiting.get(key)?.(now);
    this.#waiting.delete(key);
  }
}
