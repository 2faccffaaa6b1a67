import type { Clock } from '../../base/clock.ts';
import { isNewer } from '../../kube/object-version.ts';

/**
 * The watch shows a write within a second. What it does not show for so long came and went unseen, or was undone by a
 * restore of etcd: then the watch is right. A decision on a state that is old after all meets a precondition.
 */
const longestLagMs = 30_000;

/**
 * Remembers what the operator itself wrote until the watch has caught up, so that a decision never rests on a state that
 * the operator knows to be old. `V` is the small form in which a cache keeps objects.
 */
export class ReadYourWrites<V> {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #written = new Map<string, { resourceVersion: string; value: V; atMs: number }>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Notes the answer to a write. */
  wrote(key: string, resourceVersion: string, value: V): void {
    this.#written.set(key, { resourceVersion, value, atMs: this.#clock.now() });
  }

  /** What was written, while the cache is older than that; undefined when the cache is to be used. */
  newerThan(key: string, cachedVersion: string | undefined): V | undefined {
    const written = this.#written.get(key);
    if (written === undefined) return undefined;
    const behind = cachedVersion === undefined || isNewer(written.resourceVersion, cachedVersion);
    if (behind && Math.abs(this.#clock.now() - written.atMs) < longestLagMs) return written.value;
    this.#written.delete(key);
    return undefined;
  }

  /** The cache shows this version: what was written is no longer needed once it is as new. */
  shown(key: string, resourceVersion: string): void {
    const written = this.#written.get(key);
    if (written !== undefined && !isNewer(written.resourceVersion, resourceVersion))
      this.#written.delete(key);
  }

  /** What was written last, if that made this version. */
  writtenAs(key: string, resourceVersion: string): V | undefined {
    const written = this.#written.get(key);
    return written?.resourceVersion === resourceVersion ? written.value : undefined;
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
