import { isNewer } from '../kube/object-version.ts';

/**
 * Remembers what the operator itself wrote until the watch has caught up, so that a decision never rests on a state that
 * the operator knows to be old. `V` is the small form in which a cache keeps objects.
 */
export class ReadYourWrites<V> {
  readonly #written = new Map<string, { resourceVersion: string; value: V }>();

  /** Notes the answer to a write. */
  wrote(key: string, resourceVersion: string, value: V): void {
    this.#written.set(key, { resourceVersion, value });
  }

  /** What was written, while the cache is older than that; undefined when the cache is to be used. */
  newerThan(key: string, cachedVersion: string | undefined): V | undefined {
    const written = this.#written.get(key);
    if (written === undefined) return undefined;
    if (cachedVersion === undefined || isNewer(written.resourceVersion, cachedVersion)) return written.value;
    this.#written.delete(key);
    return undefined;
  }

  /** Whether this version of the object is the answer to the last write. */
  isWrite(key: string, resourceVersion: string): boolean {
    return this.#written.get(key)?.resourceVersion === resourceVersion;
  }

  /** The object is gone: what was written with it. */
  forget(key: string): void {
    this.#written.delete(key);
  }
}
