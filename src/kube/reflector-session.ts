import type { Clock } from '../base/clock.ts';
import type { KubeClient, Selection, WatchOptions } from './client.ts';
import { ConnectionError } from './errors.ts';
import { endsInitialEvents, type WatchEvent } from './list-watch-events.ts';
import type { KubeObject, ResourceType } from './object.ts';
import { isNewer } from './object-version.ts';
import { shortestWatchMs, type Phase } from './reflector-recovery.ts';
import type { ReflectorStore } from './reflector-store.ts';

/** What a session reads, and how. */
export interface Source extends Selection {
  readonly client: Pick<KubeClient, 'listPages' | 'watch'>;
  readonly type: ResourceType;
  readonly clock: Clock;
  readonly random: () => number;
  readonly idleMs?: number | undefined;
}

/** Told of signs of life, and of each list that was read to its end. */
export interface SessionObserver {
  alive(): void;
  listed(): void;
}

/**
 * The place of a reflector in the history of its kind, and the next step from there: a list while there is none, else a
 * watch. Rejecting leaves it where it was.
 */
export class ListWatchSession<S> {
  readonly #source: Source;
  readonly #store: ReflectorStore<S>;
  readonly #observer: SessionObserver;
  #version: string | undefined;
  #pages = false;
  #phase: Phase = 'streaming list';

  constructor(source: Source, store: ReflectorStore<S>, observer: SessionObserver) {
    this.#source = source;
    this.#store = store;
    this.#observer = observer;
  }

  /** What the last `advance` was doing. */
  get phase(): Phase {
    return this.#phase;
  }

  /** Forgets the place in the history, not the objects: the next list is compared with them. */
  startOver(): void {
    this.#version = undefined;
  }

  usePages(): void {
    this.#pages = true;
  }

  /** Lists, or watches until the API server ends the stream in good order. */
  async advance(signal: AbortSignal): Promise<void> {
    if (this.#version !== undefined) await this.#follow({ resourceVersion: this.#version, signal });
    else if (this.#pages) await this.#listPages(signal);
    else await this.#follow({ sendInitialEvents: true, signal });
  }

  async #listPages(signal: AbortSignal): Promise<void> {
    this.#phase = 'paged list';
    const { client, type } = this.#source;
    let version = '';
    this.#store.beginList();
    for await (const page of client.listPages(type, { ...selectionOf(this.#source), signal })) {
      for (const object of page.items) this.#store.listed(object);
      version = page.resourceVersion;
      this.#observer.alive();
    }
    this.#finishList(version);
  }

  async #follow(start: WatchOptions): Promise<void> {
    const { client, type, clock, random, idleMs } = this.#source;
    this.#phase = start.sendInitialEvents === true ? 'streaming list' : 'watch';
    if (this.#phase === 'streaming list') this.#store.beginList();
    const started = clock.now();
    // Watches that began together must not all come back in the same second.
    const timeoutSeconds = 300 + Math.floor(random() * 300);
    const options = { ...selectionOf(this.#source), ...start, timeoutSeconds, idleMs };
    for await (const event of client.watch(type, options)) {
      if (this.#phase === 'watch') this.#take(event);
      else this.#takeInitial(event);
      this.#observer.alive();
    }
    // Only the phase knows whether the end of the list had come.
    if (this.#phase !== 'watch')
      throw new ConnectionError(`list ${type.plural}: the stream ended before its end`);
    if (clock.now() - started < shortestWatchMs)
      throw new ConnectionError(`watch ${type.plural}: ended as soon as it had begun`);
  }

  #takeInitial(event: WatchEvent<KubeObject>): void {
    if (endsInitialEvents(event)) this.#finishList(event.object.metadata.resourceVersion ?? '');
    else if (event.type === 'DELETED') this.#store.deleted(event.object);
    else if (event.type !== 'BOOKMARK') this.#store.listed(event.object);
  }

  #take({ type, object }: WatchEvent<KubeObject>): void {
    if (type === 'DELETED') this.#store.deleted(object);
    else if (type !== 'BOOKMARK') this.#store.changed(object);
    const { resourceVersion } = object.metadata;
    if (resourceVersion && isNewer(resourceVersion, this.#version ?? '')) this.#version = resourceVersion;
  }

  #finishList(version: string): void {
    this.#store.endList();
    this.#version = version;
    this.#phase = 'watch';
    this.#observer.listed();
  }
}

function selectionOf({ namespace, labelSelector, fieldSelector, metadataOnly }: Source): Selection {
  return { namespace, labelSelector, fieldSelector, metadataOnly };
}
