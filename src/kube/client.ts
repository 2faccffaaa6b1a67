import type { Redacted } from '../base/redacted.ts';
import type { KubeObject, ObjectKey, ResourceType } from './object.ts';
import type { WatchEvent } from './list-watch-events.ts';

/** Aborting rejects the call with the signal's reason. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ReadOptions extends CallOptions {
  /** Answer with `metadata` alone: the rest never leaves the API server. */
  readonly metadataOnly?: boolean | undefined;
}

export interface WriteOptions extends ReadOptions {
  /** Who owns the fields that are set. */
  readonly fieldManager?: string | undefined;
  readonly subresource?: 'status' | undefined;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take fields over from other managers instead of failing with a conflict. */
  readonly force?: boolean | undefined;
}

/** Which objects a list or watch is about; without `namespace` those of all namespaces. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly metadataOnly?: boolean | undefined;
}

export interface ListOptions extends Selection, CallOptions {
  /** Objects per request; 500 when not said. */
  readonly pageSize?: number | undefined;
}

/** `items` carry no `apiVersion` and `kind`; `resourceVersion` is where a watch goes on. */
export interface ListResult<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

export interface WatchOptions extends Selection, CallOptions {
  /** Events after this version; not with `sendInitialEvents`. */
  readonly resourceVersion?: string | undefined;
  /** First ADDED for what exists, then a BOOKMARK marked as their end, then what changes (a streaming list). */
  readonly sendInitialEvents?: boolean | undefined;
  /** After how many seconds the API server ends the stream in good order. */
  readonly timeoutSeconds?: number | undefined;
  /** After how long without a byte the stream counts as dead; 90 s when not said. */
  readonly idleMs?: number | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** The delete fails with a conflict unless the object still has these. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string } | undefined;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
}

export interface TokenOptions extends CallOptions {
  readonly audience: string;
  readonly expirationSeconds: number;
}

/** `expirationTimestamp` is RFC 3339 and may be nearer than asked for. */
export interface ServiceAccountToken {
  readonly token: Redacted<string>;
  readonly expirationTimestamp: string;
}

/**
 * The calls of the Kubernetes API that the operator makes. Everything that is not a success rejects: `ApiError` when
 * the API server said no, `ConnectionError` when nobody answered, `IllegalNameError` before anything is sent.
 */
export interface KubeClient {
  /** Undefined when there is no such object; a kind that does not exist is an error. */
  get<T extends KubeObject>(type: ResourceType, key: ObjectKey, o?: ReadOptions): Promise<T | undefined>;
  /** Reads all pages; starts anew, once, when the API server has forgotten where it was. */
  list<T extends KubeObject>(type: ResourceType, o?: ListOptions): Promise<ListResult<T>>;
  /** The same page by page, so that the caller need not hold them all. */
  listPages<T extends KubeObject>(type: ResourceType, o?: ListOptions): AsyncGenerator<ListResult<T>>;
  create<T extends KubeObject>(type: ResourceType, obj: T, o?: WriteOptions): Promise<T>;
  /** PUT: the resourceVersion in `obj` is the precondition. */
  replace<T extends KubeObject>(type: ResourceType, obj: T, o?: WriteOptions): Promise<T>;
  /** JSON merge patch: null removes a field, a list replaces the whole list. */
  mergePatch<T extends KubeObject>(
    type: ResourceType,
    key: ObjectKey,
    patch: object,
    o?: WriteOptions,
  ): Promise<T>;
  /** Server-side apply: creates the object, or owns exactly the fields in `obj`. */
  apply<T extends KubeObject>(type: ResourceType, obj: T, o: ApplyOptions): Promise<T>;
  /** False when it was gone already. */
  delete(type: ResourceType, key: ObjectKey, o?: DeleteOptions): Promise<boolean>;
  createServiceAccountToken(
    key: { readonly namespace: string; readonly name: string },
    o: TokenOptions,
  ): Promise<ServiceAccountToken>;
  /** One watch request. Ends when the API server ends it in good order, rejects on everything else. */
  watch<T extends KubeObject>(type: ResourceType, o?: WatchOptions): AsyncGenerator<WatchEvent<T>>;
}
