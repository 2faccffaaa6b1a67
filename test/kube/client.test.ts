import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConnectionError, IllegalNameError, isConflict, isForbidden, isGone } from '../../src/kube/errors.ts';
import { namespaces, secrets, type KubeObject } from '../../src/kube/object.ts';
import { clientTo, json, scriptedServer, failure, type Answer } from './transport-server.ts';

const key = { namespace: 'ci', name: 'prod' };
const path = '/api/v1/namespaces/ci/secrets/prod';
const object = { metadata: { ...key, resourceVersion: '7' }, data: { k: 'Y2FuYXJ5' } };

/** A server that answers everything with the same, and a client of it. */
async function answering(answer: Answer) {
  const server = await scriptedServer(answer);
  return { server, client: clientTo(server.url), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
const ok: Answer = (_, response) => json(response, 200, object);

describe('get', () => {
  test('gives the object', async () => {
    await using s = await answering(ok);
    expect(await s.client.get(secrets, key)).toEqual(object);
    expect(s.server.requests[0]).toMatchObject({ method: 'GET', path, body: '' });
    expect(s.server.requests[0]?.headers.accept).toBe('application/json');
  });

  test('is undefined for an object that does not exist', async () => {
    await using s = await answering((_, response) =>
      json(response, 404, failure(404, 'NotFound', 'secrets "prod" not found', { name: 'prod' })),
    );
    expect(await s.client.get(secrets, key)).toBeUndefined();
  });

  test('rejects for a kind that is not served: its objects are not known to be gone', async () => {
    const message = 'the server could not find the requested resource';
    await using s = await answering((_, response) =>
      json(response, 404, failure(404, 'NotFound', message, {})),
    );
    await expect(s.client.get(secrets, key)).rejects.toThrow(message);
  });

  test('rejects for the 404 page of a proxy', async () => {
    await using s = await answering((_, response) => response.writeHead(404).end('<h1>Not found</h1>'));
    await expect(s.client.get(secrets, key)).rejects.toThrow('<h1>Not found</h1>');
    await expect(s.client.delete(secrets, key)).rejects.toThrow('<h1>Not found</h1>');
  });

  test('of metadata alone asks for PartialObjectMetadata', async () => {
    await using s = await answering(ok);
    await s.client.get(secrets, key, { metadataOnly: true });
    expect(s.server.requests[0]?.headers.accept).toBe(
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    );
  });

  test('sends nothing for an illegal name', async () => {
    await using s = await answering(ok);
    await expect((async () => s.client.get(secrets, { ...key, name: '../x' }))()).rejects.toThrow(
      IllegalNameError,
    );
    expect(s.server.requests).toEqual([]);
  });
});

describe('writes', () => {
  const sent = { apiVersion: 'v1', kind: 'Secret', ...object };

  test('create posts to the collection of the namespace', async () => {
    await using s = await answering(ok);
    await s.client.create(secrets, object, { fieldManager: 'ecr operator', metadataOnly: true });
    const request = s.server.requests[0];
    expect(request).toMatchObject({ method: 'POST', path: '/api/v1/namespaces/ci/secrets' });
    expect(request?.query.get('fieldManager')).toBe('ecr operator');
    expect(request?.headers.accept).toContain('as=PartialObjectMetadata;');
    expect(JSON.parse(request?.body ?? '')).toEqual(sent);
  });

  test('replace puts the object with its resourceVersion, the precondition', async () => {
    await using s = await answering(ok);
    await s.client.replace(secrets, object);
    expect(s.server.requests[0]).toMatchObject({ method: 'PUT', path });
    expect(JSON.parse(s.server.requests[0]?.body ?? '')).toEqual(sent);
  });

  test('merge patch and apply are told apart by their content types', async () => {
    await using s = await answering(ok);
    await s.client.mergePatch(secrets, key, { metadata: { labels: { a: null } } });
    await s.client.apply(secrets, object, { fieldManager: 'me', force: true, subresource: 'status' });
    const [patch, apply] = s.server.requests;
    expect(patch?.headers['content-type']).toBe('application/merge-patch+json');
    expect(patch?.body).toBe('{"metadata":{"labels":{"a":null}}}');
    expect(apply?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(apply).toMatchObject({ method: 'PATCH', path: `${path}/status` });
    expect(apply?.query.toString()).toBe('fieldManager=me&force=true');
  });

  test('an object without a namespace is not created in some other place', async () => {
    await using s = await answering(ok);
    const nowhere = { metadata: { name: 'prod' } };
    await expect((async () => s.client.create(secrets, nowhere))()).rejects.toThrow('needs a namespace');
  });

  test('a conflict rejects as one', async () => {
    await using s = await answering((_, response) =>
      json(response, 409, failure(409, 'Conflict', 'the object has been modified')),
    );
    expect(await s.client.replace(secrets, object).catch(isConflict)).toBe(true);
  });
});

describe('delete', () => {
  test('sends preconditions and propagation policy, and asks for no data back', async () => {
    await using s = await answering((_, response) => json(response, 200, failure(200, '', '')));
    const preconditions = { uid: 'u-1', resourceVersion: '7' };
    expect(await s.client.delete(secrets, key, { preconditions, propagationPolicy: 'Background' })).toBe(
      true,
    );
    const request = s.server.requests[0];
    expect(request).toMatchObject({ method: 'DELETE', path });
    expect(request?.headers.accept).toContain('as=PartialObjectMetadata;');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions,
      propagationPolicy: 'Background',
    });
  });

  test('is false when the object was gone already', async () => {
    await using s = await answering((_, response) =>
      json(response, 404, failure(404, 'NotFound', 'not found', { name: 'prod' })),
    );
    expect(await s.client.delete(secrets, key)).toBe(false);
  });
});

describe('a service account token', () => {
  const account = { namespace: 'ci', name: 'puller' };
  const wanted = { audience: 'sts.amazonaws.com', expirationSeconds: 600 };

  test('is asked for with audience and lifetime, and comes hidden', async () => {
    const answer = { status: { token: 'jwt', expirationTimestamp: '2026-01-01T00:10:00Z' } };
    await using s = await answering((_, response) => json(response, 201, answer));
    const { token, expirationTimestamp } = await s.client.createServiceAccountToken(account, wanted);
    expect(token.reveal()).toBe('jwt');
    expect(inspect(token)).not.toContain('jwt');
    expect(expirationTimestamp).toBe('2026-01-01T00:10:00Z');
    const request = s.server.requests[0];
    expect(request).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/ci/serviceaccounts/puller/token',
    });
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      kind: 'TokenRequest',
      spec: { audiences: ['sts.amazonaws.com'], expirationSeconds: 600 },
    });
  });

  test('that does not come is an error', async () => {
    await using s = await answering((_, response) => json(response, 201, { status: {} }));
    await expect(s.client.createServiceAccountToken(account, wanted)).rejects.toThrow(ConnectionError);
  });

  test('of an account that does not exist rejects: nobody may take it for an account without a token', async () => {
    await using s = await answering((_, response) =>
      json(response, 404, failure(404, 'NotFound', 'serviceaccounts "puller" not found', { name: 'puller' })),
    );
    await expect(s.client.createServiceAccountToken(account, wanted)).rejects.toMatchObject({ status: 404 });
  });
});

const page = (names: string[], next?: string): object => ({
  metadata: { resourceVersion: '9', ...(next === undefined ? {} : { continue: next }) },
  items: names.map((name) => ({ metadata: { name } })),
});
const names = (items: readonly KubeObject[]): string[] => items.map((item) => item.metadata.name);

describe('list', () => {
  test('reads all pages, with the selectors on each', async () => {
    await using s = await answering((request, response) =>
      json(response, 200, request.query.has('continue') ? page(['c']) : page(['a', 'b'], 'more&')),
    );
    const list = await s.client.list(secrets, {
      namespace: 'ci',
      labelSelector: 'a in (b,c)',
      fieldSelector: 'type=x',
      metadataOnly: true,
      pageSize: 2,
    });
    expect(names(list.items)).toEqual(['a', 'b', 'c']);
    expect(list.resourceVersion).toBe('9');
    const queries = s.server.requests.map(({ query }) => Object.fromEntries(query));
    const selection = { labelSelector: 'a in (b,c)', fieldSelector: 'type=x', limit: '2' };
    expect(queries).toEqual([selection, { ...selection, continue: 'more&' }]);
    expect(s.server.requests[0]?.headers.accept).toContain('as=PartialObjectMetadataList;');
  });

  test('an empty namespace is refused, not taken for all of them', async () => {
    await using s = await answering((_, response) => json(response, 200, page([])));
    await expect(s.client.list(secrets, { namespace: '' })).rejects.toThrow(IllegalNameError);
  });

  test('a list without items may come as null', async () => {
    await using s = await answering((_, response) =>
      json(response, 200, { metadata: { resourceVersion: '1' }, items: null }),
    );
    expect(await s.client.list(namespaces)).toEqual({ items: [], resourceVersion: '1' });
  });

  test('starts anew, once, when the API server has forgotten the place', async () => {
    await using s = await answering((request, response) => {
      if (s.server.requests.length > 2) json(response, 200, page(['x']));
      else if (request.query.has('continue')) json(response, 410, failure(410, 'Expired', 'too old'));
      else json(response, 200, page(['a'], 'more'));
    });
    expect(names((await s.client.list(secrets)).items)).toEqual(['x']);

    await using expired = await answering((_, response) =>
      json(response, 410, failure(410, 'Expired', 'too old')),
    );
    expect(await expired.client.list(secrets).catch(isGone)).toBe(true);
    expect(expired.server.requests.length).toBe(2);
  });

  test('that fails on a later page gives nothing at all', async () => {
    await using s = await answering((request, response) =>
      request.query.has('continue')
        ? json(response, 403, failure(403, 'Forbidden', 'no'))
        : json(response, 200, page(['a'], 'more')),
    );
    expect(await s.client.list(secrets).catch(isForbidden)).toBe(true);
  });
});
