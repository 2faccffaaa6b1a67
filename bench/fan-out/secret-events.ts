import { annotations } from '../../src/api/names.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { type Following, followSecrets } from '../follow-secrets.ts';
import { ownedSecretsSelector } from '../../src/secrets/observed-secret.ts';

/** A change of one of the operator's Secrets: when it expires now and did before; undefined for one that is not there. */
export interface SecretEvent {
  key: string;
  now: string | undefined;
  before: string | undefined;
  /** Milliseconds of performance.now. */
  atMs: number;
}

/** Follows the operator's Secrets by their metadata. What existed before is not told. */
export class SecretEvents {
  readonly #following: Following;
  readonly #listeners = new Set<(event: SecretEvent) => void>();

  constructor(client: KubeClient) {
    this.#following = followSecrets(
      client,
      ({ metadata }) => metadata.annotations?.[annotations.expiresAt] ?? '',
      (key, now, before) => this.#tell({ key, now, before, atMs: performance.now() }),
      ownedSecretsSelector,
    );
  }

  synced(): Promise<void> {
    return this.#following.synced();
  }

  /** Tells of each change from now on; gives how to end that. */
  each(listener: (event: SecretEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The change with which `count` of those that `isIt` accepts have been seen. */
  nth(count: number, isIt: (event: SecretEvent) => boolean, timeoutMs: number): Promise<SecretEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<SecretEvent>();
    let seen = 0;
    const end = this.each((event) => {
      if (isIt(event)) seen += 1;
      if (seen === count) resolve(event);
    });
    const late = (): void =>
      reject(new Error(`${seen} of ${count} changes of Secrets after ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    return promise.finally(() => {
      clearTimeout(timer);
      end();
    });
  }

  stop(): void {
    this.#following.stop();
  }

  #tell(event: SecretEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
