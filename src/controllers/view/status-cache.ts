import { isDeepStrictEqual } from 'node:util';
import { managerName, verificationManager } from '../../api/names.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { keyOf, type KubeObject, type ResourceType } from '../../kube/object.ts';
import { ReadYourWrites } from './read-your-writes.ts';
import {
  joinedStatus,
  reconciledPart,
  type SharedStatus,
  type VerifiedPart,
  verifiedPart,
} from './status-parts.ts';

/** An object of the operator's own kinds, as far as its status goes. */
export interface WithStatus<S> {
  metadata: {
    name: string;
    /** Absent for a cluster-scoped object. */
    namespace?: string;
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

/**
 * Objects of one kind with their newest status: what the watch shows, or what was written since. Two controllers write a
 * status, each its part.
 */
export class StatusCache<S extends SharedStatus, T extends WithStatus<S>> {
  readonly #cache: Cache<T>;
  readonly #reconciled: ReadYourWrites<S>;
  readonly #verified: ReadYourWrites<VerifiedPart>;

  constructor(cache: Cache<T>, clock: Pick<Clock, 'now'>) {
    this.#cache = cache;
    this.#reconciled = new ReadYourWrites(clock);
    this.#verified = new ReadYourWrites(clock);
  }

  get(key: string): T | undefined {
    const object = this.#cache.get(key);
    if (object === undefined) return undefined;
    const { metadata, status } = object;
    const reconciled = this.#reconciled.newerThan(key, metadata.resourceVersion);
    const verified = this.#verified.newerThan(key, metadata.resourceVersion);
    if (reconciled === undefined && verified === undefined) return object;
    const base = reconciled ?? (status === undefined ? ({} as S) : reconciledPart(status));
    return { ...object, status: joinedStatus(base, verified ?? verifiedPart(status ?? {})) };
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
    if (object === undefined) this.forget(key);
    else {
      this.#reconciled.shown(key, object.metadata.resourceVersion ?? '');
      this.#verified.shown(key, object.metadata.resourceVersion ?? '');
    }
  }

  forget(key: string): void {
    this.#reconciled.forget(key);
    this.#verified.forget(key);
  }

  /** Applies what a reconcile says of an object, unless its status is that already. */
  async apply(
    client: Pick<KubeClient, 'apply'>,
    type: ResourceType,
    object: T,
    status: S,
    signal: AbortSignal,
  ): Promise<void> {
    const part = reconciledPart(status);
    if (isDeepStrictEqual(plain(object.status && reconciledPart(object.status)), plain(part))) return;
    const { key, version } = await applyPart(client, type, object, part, {
      fieldManager: managerName,
      signal,
    });
    this.#reconciled.wrote(key, version, part);
  }

  /** Applies what a verification says of an object. */
  async applyVerified(
    client: Pick<KubeClient, 'apply'>,
    type: ResourceType,
    object: T,
    part: VerifiedPart,
    signal: AbortSignal,
  ): Promise<void> {
    const as = { fieldManager: verificationManager, signal };
    const { key, version } = await applyPart(client, type, object, part, as);
    this.#verified.wrote(key, version, part);
  }
}

async function applyPart(
  client: Pick<KubeClient, 'apply'>,
  type: ResourceType,
  { metadata: { name, namespace, uid } }: WithStatus<unknown>,
  status: object,
  as: { fieldManager: string; signal: AbortSignal },
): Promise<{ key: string; version: string }> {
  // The UID keeps the status off an object that took the name in between.
  const key = namespace === undefined ? { name } : { namespace, name };
  const body: KubeObject & { status: object } = { metadata: { ...key, uid }, status };
  const written = await client.apply<KubeObject>(type, body, { ...as, force: true, subresource: 'status' });
  return { key: keyOf({ metadata: key }), version: written.metadata.resourceVersion ?? '' };
}

/** As it looks after a way over the wire: without undefined. */
function plain(status: object | undefined): unknown {
  return status === undefined ? undefined : JSON.parse(JSON.stringify(status));
}
