import type { Selection, TokenOptions, WatchOptions, WriteOptions } from './client.ts';
import { acceptList, acceptObject, contentTypes } from './client-media-types.ts';
import { keyOf, serviceAccounts, type ObjectKey, type ResourceType } from './object.ts';
import { collectionPath, creationPath, objectPath } from './object-path.ts';
import type { ApiRequest } from './transport-request.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The verbs that send an object. */
const writes = {
  create: { method: 'POST', contentType: contentTypes.json },
  replace: { method: 'PUT', contentType: contentTypes.json },
  patch: { method: 'PATCH', contentType: contentTypes.mergePatch },
  apply: { method: 'PATCH', contentType: contentTypes.apply },
} as const;

/** GET, or DELETE with a body of delete options. */
export function objectRequest(
  method: 'GET' | 'DELETE',
  type: ResourceType,
  key: ObjectKey,
  o: { readonly metadataOnly?: boolean | undefined; readonly signal?: AbortSignal | undefined },
  body?: object,
): ApiRequest {
  return {
    method,
    path: objectPath(type, key),
    resource: type.plural,
    what: describe(method.toLowerCase(), type, key),
    accept: acceptObject(o.metadataOnly),
    ...(body === undefined ? {} : { body: JSON.stringify(body), contentType: contentTypes.json }),
    signal: o.signal,
  };
}

/** A request that sends a whole object or a patch. */
export function writeRequest(
  verb: keyof typeof writes,
  type: ResourceType,
  key: ObjectKey,
  body: object,
  o: WriteOptions & { readonly force?: boolean | undefined },
): ApiRequest {
  const { method, contentType } = writes[verb];
  const path = verb === 'create' ? creationPath(type, key) : objectPath(type, key, o.subresource);
  return {
    method,
    path: path + queryOf({ fieldManager: o.fieldManager, force: o.force }),
    resource: type.plural,
    what: describe(verb, type, key),
    accept: acceptObject(o.metadataOnly),
    contentType,
    body: JSON.stringify(body),
    signal: o.signal,
  };
}

/** One page of a list; `token` says where the page before it ended. */
export function listRequest(
  type: ResourceType,
  o: Selection,
  limit: number,
  token: string | undefined,
  signal: AbortSignal | undefined,
): ApiRequest {
  const query = { ...selectors(o), limit, continue: token };
  return collectionRequest('list', type, o, query, acceptList(o.metadataOnly), signal);
}

export function watchRequest(type: ResourceType, o: WatchOptions): ApiRequest {
  const query = {
    watch: 1,
    ...selectors(o),
    allowWatchBookmarks: true,
    resourceVersion: o.resourceVersion,
    // With no resourceVersion beside it, this asks for the newest state there is.
    ...(o.sendInitialEvents === true
      ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
      : undefined),
    timeoutSeconds: o.timeoutSeconds,
  };
  return collectionRequest('watch', type, o, query, acceptObject(o.metadataOnly), o.signal);
}

function collectionRequest(
  verb: 'list' | 'watch',
  type: ResourceType,
  o: Selection,
  query: Query,
  accept: string,
  signal: AbortSignal | undefined,
): ApiRequest {
  return {
    method: 'GET',
    path: collectionPath(type, o.namespace) + queryOf(query),
    resource: type.plural,
    what: `${verb} ${type.plural}${o.namespace === undefined ? '' : ` in ${o.namespace}`}`,
    accept,
    signal,
  };
}

function selectors({ labelSelector, fieldSelector }: Selection): Query {
  return { labelSelector, fieldSelector };
}

function queryOf(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) pairs.set(name, String(value));
  return pairs.size === 0 ? '' : `?${pairs.toString()}`;
}

function describe(verb: string, type: ResourceType, key: ObjectKey): string {
  return `${verb} ${type.plural} ${keyOf({ metadata: key })}`;
}

/** Asks for a token of a service account: the `token` subresource, made by POST. */
export function tokenRequest(key: ObjectKey, o: TokenOptions): ApiRequest {
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [o.audience], expirationSeconds: o.expirationSeconds },
  };
  return {
    method: 'POST',
    path: objectPath(serviceAccounts, key, 'token'),
    resource: 'serviceaccounts/token',
    what: describe('create token for', serviceAccounts, key),
    accept: contentTypes.json,
    contentType: contentTypes.json,
    body: JSON.stringify(body),
    signal: o.signal,
  };
}
