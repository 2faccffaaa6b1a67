import { isNewer } from './object-version.ts';
import { keyOf, type KubeObject } from './object.ts';

/** Called for each key that changed: what is kept of it now and what was before; undefined for nothing. */
export type OnChange<S> = (key: string, now: S | undefined, before: S | undefined) => void;

/** The two functions of the reflector's owner, and where their mistakes go: they must not stop the stream. */
export interface StoreHooks<S> {
  readonly trim: (obj: KubeObject) => S | undefined;
  readonly onChange: OnChange<S>;
  readonly onThrow: (key: string, hook: 'trim' | 'onChange', error: unknown) => void;
}

interface Entry<S> {
  version: string;
  value: S;
  /** The number of the last list that had this object. */
  list: number;
}

/** How many deletions are remembered to tell late news of a deleted object from its new life. */
const mostTombstones = 1024;

/**
 * What a reflector keeps: per key the resourceVersion and whatever `trim` made of the object, nothing else. Turns events
 * and lists into changes; takes no notice of news that are older than what it has.
 */
export class ReflectorStore<S> {
  readonly #hooks: StoreHooks<S>;
  readonly #entries = new Map<string, Entry<S>>();
  readonly #tombstones = new Map<string, string>();
  #list = 0;

  constructor(hooks: StoreHooks<S>) {
    this.#hooks = hooks;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): S | undefined {
    return this.#entries.get(key)?.value;
  }

  *entries(): IterableIterator<[key: string, value: S]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  /** A full list starts: what it says holds, even when it is older than what is kept (etcd came back from a backup). */
  beginList(): void {
    this.#list++;
    this.#tombstones.clear();
  }

  /** An object of the list that was begun. */
  listed(obj: KubeObject): void {
    const key = keyOf(obj);
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.list = this.#list;
    if (entry === undefined || entry.version !== obj.metadata.resourceVersion) this.#put(key, obj);
  }

  /** The list came to its end: what it did not have was deleted while nobody looked. Never call this for a partial list. */
  endList(): void {
    for (const [key, entry] of this.#entries) if (entry.list !== this.#list) this.#remove(key);
  }

  /** An ADDED or MODIFIED event: the two may stand for each other after a gap. */
  changed(obj: KubeObject): void {
    const key = keyOf(obj);
    if (!this.#isOldNews(key, versionOf(obj), { sameIsOld: true })) this.#put(key, obj);
  }

  /** A DELETED event: the object is gone, or the selector does not match it any more. */
  deleted(obj: KubeObject): void {
    const key = keyOf(obj);
    if (this.#isOldNews(key, versionOf(obj), { sameIsOld: !this.#entries.has(key) })) return;
    this.#bury(key, versionOf(obj));
    this.#remove(key);
  }

  /** A deletion may bear the version of the object that it ends; any other news of a known version is a repetition. */
  #isOldNews(key: string, version: string, { sameIsOld }: { readonly sameIsOld: boolean }): boolean {
    const known = this.#entries.get(key)?.version ?? this.#tombstones.get(key);
    if (known === undefined) return false;
    return sameIsOld ? !isNewer(version, known) : isNewer(known, version);
  }

  /** An object that `trim` can not take leaves what is kept of it as it was: it has not gone away. */
  #put(key: string, obj: KubeObject): void {
    const before = this.#entries.get(key)?.value;
    let value: S | undefined;
    try {
      value = this.#hooks.trim(obj);
    } catch (error) {
      this.#hooks.onThrow(key, 'trim', error);
      return;
    }
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { version: versionOf(obj), value, list: this.#list });
    this.#tell(key, value, before);
  }

  #remove(key: string): void {
    const before = this.#entries.get(key)?.value;
    this.#entries.delete(key);
    this.#tell(key, undefined, before);
  }

  #tell(key: string, now: S | undefined, before: S | undefined): void {
    try {
      this.#hooks.onChange(key, now, before);
    } catch (error) {
      this.#hooks.onThrow(key, 'onChange', error);
    }
  }

  #bury(key: string, version: string): void {
    this.#tombstones.delete(key);
    this.#tombstones.set(key, version);
    if (this.#tombstones.size <= mostTombstones) return;
    const [oldest] = this.#tombstones.keys();
    if (oldest !== undefined) this.#tombstones.delete(oldest);
  }
}

function versionOf(obj: KubeObject): string {
  return obj.metadata.resourceVersion ?? '';
}
