import type { Clock } from '../../base/clock.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import { ReadYourWrites } from './read-your-writes.ts';

/** The part of a reflector that the store reads. */
export interface SecretCache {
  get(key: string): ObservedSecret | undefined;
  entries(): IterableIterator<[string, ObservedSecret]>;
}

/** The Secrets of the operator as far as it knows: the cache of the watch, and newer than that its own writes. */
export class SecretStore {
  readonly #cache: SecretCache;
  readonly #writes: ReadYourWrites<ObservedSecret>;
  /** Versions that the operator deleted and that the watch may still show. */
  readonly #deleted = new Map<string, string>();
  readonly #keysByOwner = new Map<string, Set<string>>();

  constructor(cache: SecretCache, clock: Pick<Clock, 'now'>) {
    this.#cache = cache;
    this.#writes = new ReadYourWrites(clock);
  }

  get(key: string): ObservedSecret | undefined {
    const cached = this.#cache.get(key);
    const known = this.#writes.newerThan(key, cached?.resourceVersion) ?? cached;
    return known?.resourceVersion === this.#deleted.get(key) ? undefined : known;
  }

  /** What the watch shows. */
  entries(): IterableIterator<[string, ObservedSecret]> {
    return this.#cache.entries();
  }

  /** Keys of the Secrets that belong to the object with this UID. */
  ownedBy(ownerUid: string): string[] {
    return [...(this.#keysByOwner.get(ownerUid) ?? [])];
  }

  wrote(key: string, secret: ObservedSecret): void {
    this.#writes.wrote(key, secret.resourceVersion, secret);
    this.#link(secret.ownerUid, key);
  }

  /** Notes that a Secret of this version was deleted. */
  deleted(key: string, resourceVersion: string): void {
    this.#deleted.set(key, resourceVersion);
  }

  /** The API server knows no such Secret, whatever was written once: it came and went unseen. */
  forget(key: string): void {
    this.#writes.forget(key);
  }

  /** To be called for each change that the watch shows. True when it is a write of ours coming back, and no news. */
  changed(key: string, now: ObservedSecret | undefined, before: ObservedSecret | undefined): boolean {
    const own = now !== undefined && this.#writes.isWrite(key, now.resourceVersion);
    if (now === undefined) this.#writes.forget(key);
    else this.#writes.shown(key, now.resourceVersion);
    if (now?.resourceVersion !== this.#deleted.get(key)) this.#deleted.delete(key);
    if (before?.ownerUid !== now?.ownerUid) this.#unlink(before?.ownerUid, key);
    this.#link(now?.ownerUid, key);
    return own;
  }

  #link(ownerUid: string | undefined, key: string): void {
    if (ownerUid === undefined) return;
    const keys = this.#keysByOwner.get(ownerUid);
    if (keys === undefined) this.#keysByOwner.set(ownerUid, new Set([key]));
    else keys.add(key);
  }

  #unlink(ownerUid: string | undefined, key: string): void {
    if (ownerUid === undefined) return;
    const keys = this.#keysByOwner.get(ownerUid);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByOwner.delete(ownerUid);
  }
}
