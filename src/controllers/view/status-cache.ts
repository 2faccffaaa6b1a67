import { isDeepStrictEqual } from 'node:util';
import { managerName } from '../../api/names.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject, ResourceType } from '../../kube/object.ts';
import { ReadYourWrites } from './read-your-writes.ts';

interface WithStatus<S> {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
  };
  status?: S;
}

/** The part of a reflector that is read. */
interface Cache<T> {
  get(key: string): T | undefined;
  entries(): IterableIterator<[string, T]>;
}

/** Objects of one kind with their newest status: what the watch shows, or what was written since. */
export class StatusCache<S extends object, T extends WithStatus<S>> {
  readonly #cache: Cache<T>;
  readonly #written: ReadYourWrites<S>;

  constructor(cache: Cache<T>, clock: Pick<Clock, 'now'>) {
    this.#cache = cache;
    this.#written = new ReadYourWrites(clock);
  }

  get(key: string): T | undefined {
    const object = this.#cache.get(key);
    if (object === undefined) return undefined;
    const status = this.#written.newerThan(key, object.metadata.resourceVersion);
    return status === undefined ? object : { ...object, status };
  }

  entries(): IterableIterator<[string, T]> {
    return this.#cache.entries();
  }

  /** Names of the objects in a namespace that are not being deleted, sorted. */
  namesIn(namespace: string): string[] {
    const names: string[] = [];
    for (const [, { metadata }] of this.#cache.entries()) {
      if (metadata.namespace === namespace && metadata.deletionTimestamp === undefined)
        names.push(metadata.name);
    }
    return names.toSorted();
  }

  /** To be called for each version that the watch shows. */
  shown(key: string, object: T | undefined): void {
    if (object === undefined) this.#written.forget(key);
    else this.#written.shown(key, object.metadata.resourceVersion ?? '');
  }

  forget(key: string): void {
    this.#written.forget(key);
  }

  /** Applies the status of an object, unless it is that already. */
  async apply(
    client: Pick<KubeClient, 'apply'>,
    type: ResourceType,
    object: T,
    status: S,
    signal: AbortSignal,
  ): Promise<void> {
    if (isDeepStrictEqual(plain(object.status), plain(status))) return;
    const { name, namespace, uid } = object.metadata;
    // The UID keeps the status off an object that took the name in between.
    const body: KubeObject & { status: S } = { metadata: { name, namespace, uid }, status };
    const options = { fieldManager: managerName, force: true, subresource: 'status', signal } as const;
    const written = await client.apply<KubeObject>(type, body, options);
    this.#written.wrote(`${namespace}/${name}`, written.metadata.resourceVersion ?? '', status);
  }
}

/** As it looks after a way over the wire: without undefined. */
function plain(status: object | undefined): unknown {
  return status === undefined ? undefined : JSON.parse(JSON.stringify(status));
}
