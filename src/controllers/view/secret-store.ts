import type { Clock } from '../../base/clock.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import { OwnedKeys } from './owned-keys.ts';
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
  readonly #keysByOwner = new Map<string, OwnedKeys>();

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
    return [...(this.#keysByOwner.get(ownerUid)?.all() ?? [])];
  }

  /** The same in one namespace, in no more time where there are thousands. */
  ownedIn(ownerUid: string, namespace: string): string[] {
    const keys = this.#keysByOwner.get(ownerUid)?.in(namespace) ?? [];
    return keys.filter((key) => this.get(key)?.ownerUid === ownerUid);
  }

  wrote(key: string, secret: ObservedSecret): void {
    this.#writes.wrote(key, secret.resourceVersion, secret);
    this.#link(secret.ownerUid, key);
  }

  /** What was written as this version, where the watch was slower than the answer: it need not be read again. */
  writtenAs(key: string, resourceVersion: string | undefined): ObservedSecret | undefined {
    return resourceVersion === undefined ? undefined : this.#writes.writtenAs(key, resourceVersion);
  }

  /** Notes that a Secret of this version was deleted. */
  deleted(key: string, resourceVersion: string): void {
    // Where the watch was faster there is nothing to hide.
    if (this.get(key)?.resourceVersion === resourceVersion) this.#deleted.set(key, resourceVersion);
  }

  /** The API server knows no such Secret, whatever was written once: it came and went unseen. */
  forget(key: string): void {
    this.#unlink(this.get(key)?.ownerUid, key);
    this.#writes.forget(key);
    // What the watch still shows will be told of when it goes.
    this.#link(this.#cache.get(key)?.ownerUid, key);
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
    const keys = this.#keysByOwner.get(ownerUid) ?? new OwnedKeys();
    keys.add(key);
    this.#keysByOwner.set(ownerUid, keys);
  }

  #unlink(ownerUid: string | undefined, key: string): void {
    if (ownerUid === undefined) return;
    const keys = this.#keysByOwner.get(ownerUid);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByOwner.delete(ownerUid);
  }
}
