import type { Clock } from '../base/clock.ts';
import { Redacted } from '../base/redacted.ts';
import type { KubeClient, ListOptions, ListResult, WatchOptions } from './client.ts';
import { listRequest, objectRequest, tokenRequest, watchRequest, writeRequest } from './client-requests.ts';
import { ConnectionError, isGone, isObjectNotFound } from './errors.ts';
import type { WatchEvent } from './list-watch-events.ts';
import { readEvents } from './list-watch-stream.ts';
import type { KubeObject, ResourceType } from './object.ts';
import type { Transport } from './transport.ts';

const defaultPageSize = 500;

/** Longer than the minute between two bookmarks of kube-apiserver, so that a quiet watch is not mistaken for a dead one. */
const defaultIdleMs = 90_000;

/** The client over a transport. `clock` times the silence of watches. */
export function createKubeClient(transport: Transport, clock: Clock): KubeClient {
  return {
    get: (type, key, o = {}) => absentAs(undefined, transport.call(objectRequest('GET', type, key, o))),
    list: (type, o = {}) => listAll(transport, type, o),
    listPages: (type, o = {}) => listPages(transport, type, o),
    create: (type, obj, o = {}) =>
      transport.call(writeRequest('create', type, obj.metadata, typed(type, obj), o)),
    replace: (type, obj, o = {}) =>
      transport.call(writeRequest('replace', type, obj.metadata, typed(type, obj), o)),
    mergePatch: (type, key, patch, o = {}) => transport.call(writeRequest('patch', type, key, patch, o)),
    apply: (type, obj, o) => transport.call(writeRequest('apply', type, obj.metadata, typed(type, obj), o)),
    async delete(type, key, { preconditions, propagationPolicy, signal } = {}) {
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy };
      // What is deleted may be a Secret: only its metadata comes back.
      const request = objectRequest('DELETE', type, key, { metadataOnly: true, signal }, body);
      return absentAs(
        false,
        transport.call(request).then(() => true),
      );
    },
    async createServiceAccountToken(key, o) {
      const answer = await transport.call<TokenAnswer>(tokenRequest(key, o));
      const { token, expirationTimestamp } = answer.status ?? {};
      if (!token || !expirationTimestamp)
        throw new ConnectionError(`create token for serviceaccounts ${key.namespace}/${key.name}: none came`);
      return { token: new Redacted(token), expirationTimestamp };
    },
    watch: (type, o = {}) => watch(transport, clock, type, o),
  };
}

interface TokenAnswer {
  readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
}

interface ListAnswer<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: T[] | null;
}

/** Objects that were read from a list have no type of their own. */
function typed(type: ResourceType, obj: KubeObject): KubeObject {
  return { ...obj, apiVersion: type.apiVersion, kind: type.kind };
}

async function absentAs<T>(absent: T, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isObjectNotFound(error)) return absent;
    throw error;
  }
}

async function* listPages<T>(
  transport: Transport,
  type: ResourceType,
  o: ListOptions,
): AsyncGenerator<ListResult<T>> {
  let token: string | undefined;
  do {
    const request = listRequest(type, o, o.pageSize ?? defaultPageSize, token, o.signal);
    const { metadata, items } = await transport.call<ListAnswer<T>>(request);
    yield { items: items ?? [], resourceVersion: metadata.resourceVersion };
    token = metadata.continue;
  } while (token);
}

async function listAll<T>(
  transport: Transport,
  type: ResourceType,
  o: ListOptions,
  isSecondTry = false,
): Promise<ListResult<T>> {
  const items: T[] = [];
  let resourceVersion = '';
  try {
    for await (const page of listPages<T>(transport, type, o)) {
      items.push(...page.items);
      resourceVersion = page.resourceVersion;
    }
  } catch (error) {
    if (isGone(error) && !isSecondTry) return listAll(transport, type, o, true);
    throw error;
  }
  return { items, resourceVersion };
}

async function* watch<T extends KubeObject>(
  transport: Transport,
  clock: Clock,
  type: ResourceType,
  o: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const request = watchRequest(type, o);
  const stream = await transport.open(request);
  yield* readEvents<T>(stream, request.what, clock, o.idleMs ?? defaultIdleMs);
}
