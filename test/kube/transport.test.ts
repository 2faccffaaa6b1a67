import { describe, expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../src/kube/errors.ts';
import type { RequestRecord } from '../../src/kube/transport-request.ts';
import { get, patch } from './transport-requests.ts';
import { fastClock, json, scriptedServer, failure, transportTo } from './transport-server.ts';

describe('a call', () => {
  test('carries token, user agent, content type and the length in bytes, and gives the parsed answer', async () => {
    await using server = await scriptedServer((_, response) => json(response, 200, { ok: 'ä' }));
    using transport = transportTo(server.url, { userAgent: 'ecr-operator/1.0' });
    expect(await transport.call({ ...patch, body: '{"a":"ä"}' })).toEqual({ ok: 'ä' });
    expect(server.requests[0]).toMatchObject({ method: 'PATCH', path: get.path, body: '{"a":"ä"}' });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer token-0',
      'user-agent': 'ecr-operator/1.0',
      'content-type': 'application/merge-patch+json',
      'content-length': '10',
    });
  });

  test('keeps the path of a server that lives behind one', async () => {
    await using server = await scriptedServer((_, response) => json(response, 200, {}));
    using transport = transportTo(new URL('/k8s/clusters/c-1/', server.url));
    await transport.call(get);
    expect(server.requests[0]?.path).toBe(`/k8s/clusters/c-1${get.path}`);
  });

  test('uses one connection for calls in a row, and never more than allowed at once', async () => {
    await using server = await scriptedServer((_, response) => json(response, 200, {}));
    using transport = transportTo(server.url, { maxSockets: 3 });
    for (let i = 0; i < 5; i++) await transport.call(get);
    expect(new Set(server.requests.map((r) => r.connection)).size).toBe(1);
    await Promise.all(Array.from({ length: 30 }, () => transport.call(get)));
    expect(new Set(server.requests.map((r) => r.connection)).size).toBe(3);
  });

  test('does not wait for a connection that a watch holds', async () => {
    await using server = await scriptedServer((request, response) =>
      request.query.has('watch') ? response.writeHead(200).flushHeaders() : json(response, 200, {}),
    );
    using transport = transportTo(server.url, { maxSockets: 1 });
    for (let i = 0; i < 3; i++) await transport.open({ ...get, path: `${get.path}?watch=1` });
    await transport.call(get);
    expect(server.requests.length).toBe(4);
  });

  test('tells the observer method, resource, status and seconds of each try', async () => {
    const seen: RequestRecord[] = [];
    await using server = await scriptedServer((_, response) =>
      seen.length === 0
        ? json(response, 429, failure(429, 'TooManyRequests', 'slow down'))
        : json(response, 404, failure(404, 'NotFound', 'none')),
    );
    using transport = transportTo(server.url, { clock: fastClock(1000), onRequest: (r) => seen.push(r) });
    await expect(transport.call(get)).rejects.toThrow(ApiError);
    expect(seen.map(({ method, resource, status: code }) => [method, resource, code])).toEqual([
      ['GET', 'secrets', 429],
      ['GET', 'secrets', 404],
    ]);
    expect(seen[0]?.seconds).toBeGreaterThan(0);
  });
});

describe('an error', () => {
  test('says verb, object, status, reason and what the API server said, but not what was sent', async () => {
    const answer = failure(422, 'Invalid', 'Secret "prod" is invalid: type: field is immutable', {
      name: 'prod',
      causes: [{ reason: 'FieldValueInvalid', field: 'type', message: 'field is immutable' }],
    });
    await using server = await scriptedServer((_, response) => json(response, 422, answer));
    using transport = transportTo(server.url);
    const error = await transport.call(patch).catch((e: unknown) => e);
    expect(error).toMatchObject({
      message:
        'patch secrets ci/prod: the API server answered 422 Invalid: Secret "prod" is invalid: type: field is immutable',
      status: 422,
      reason: 'Invalid',
      causes: [{ field: 'type' }],
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/Y2FuYXJ5|token-0/);
  });

  test('quotes the beginning of an answer in prose', async () => {
    await using server = await scriptedServer((_, response) =>
      response.writeHead(502).end(`<h1>Bad\n gateway</h1>${'x'.repeat(5000)}`),
    );
    using transport = transportTo(server.url);
    const error = await transport.call(get).catch((e: unknown) => e);
    expect(String(error)).toContain(
      'get secrets ci/prod: the API server answered 502: <h1>Bad gateway</h1>xxx',
    );
    expect(String(error).length).toBeLessThan(400);
  });

  test('of an answer that is not JSON does not quote it: it may be the data of a Secret', async () => {
    await using server = await scriptedServer((_, response) => response.end('{"data":{"k":"Y2FuYXJ5" oops'));
    using transport = transportTo(server.url);
    const error = await transport.call(patch).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('Y2FuYXJ5');
  });

  test('of a refused connection names the object and keeps the cause', async () => {
    const server = await scriptedServer(() => undefined);
    await server[Symbol.asyncDispose]();
    using transport = transportTo(server.url);
    const error = await transport.call(get).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain('get secrets ci/prod: connect ECONNREFUSED');
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});

test('an open stream ends with the reason of the signal', async () => {
  await using server = await scriptedServer((_, response) => response.writeHead(200).flushHeaders());
  using transport = transportTo(server.url);
  const caller = new AbortController();
  const stream = await transport.open({ ...get, signal: caller.signal });
  const outcome = expect(stream.toArray()).rejects.toThrow('enough');
  caller.abort(new Error('enough'));
  await outcome;
});
