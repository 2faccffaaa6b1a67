import { describe, expect, test } from 'vitest';
import { ApiError, ConnectionError, TimeoutError } from '../../src/kube/errors.ts';
import type { ApiRequest, RequestRecord } from '../../src/kube/transport-request.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { waitFor } from '../support/wait-for.ts';
import { fastClock, json, numberedTokens, scriptedServer, status, transportTo } from './transport-server.ts';

const get: ApiRequest = {
  method: 'GET',
  path: '/api/v1/namespaces/ci/secrets/prod',
  resource: 'secrets',
  what: 'get secrets ci/prod',
  accept: 'application/json',
};
const patch: ApiRequest = {
  ...get,
  method: 'PATCH',
  what: 'patch secrets ci/prod',
  contentType: 'application/merge-patch+json',
  body: '{"data":{"k":"Y2FuYXJ5"}}',
};
const post: ApiRequest = { ...patch, method: 'POST', what: 'create secrets ci/prod' };

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
        ? json(response, 429, status(429, 'TooManyRequests', 'slow down'))
        : json(response, 404, status(404, 'NotFound', 'none')),
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
    const answer = status(422, 'Invalid', 'Secret "prod" is invalid: type: field is immutable', {
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

describe('patience', () => {
  test('Retry-After of a 429 is waited for, then the call succeeds', async () => {
    const clock = new ManualClock();
    await using server = await scriptedServer((_, response) =>
      server.requests.length === 1
        ? json(response, 429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '7' })
        : json(response, 201, { made: true }),
    );
    using transport = transportTo(server.url, { clock, random: () => 0, requestTimeoutMs: 60_000 });
    const call = transport.call(post);
    await waitFor('the refused try to wait', () => server.requests.length === 1 && clock.pending === 1);
    await clock.advance(6_999);
    expect(server.requests.length).toBe(1);
    await clock.advance(1);
    expect(await call).toEqual({ made: true });
  });

  test('a wait ends when the caller gives up', async () => {
    const clock = new ManualClock();
    await using server = await scriptedServer((_, response) =>
      json(response, 503, status(503, 'ServiceUnavailable', 'starting'), { 'retry-after': '9' }),
    );
    using transport = transportTo(server.url, { clock });
    const caller = new AbortController();
    const call = transport.call({ ...get, signal: caller.signal });
    const outcome = expect(call).rejects.toThrow('enough');
    await waitFor('the wait', () => server.requests.length === 1 && clock.pending === 1);
    caller.abort(new Error('enough'));
    await outcome;
    expect(clock.pending).toBe(0);
  });

  test('after five refusals the last one is told, with how long to wait', async () => {
    await using server = await scriptedServer((_, response) =>
      json(response, 429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '2' }),
    );
    using transport = transportTo(server.url, { clock: fastClock(1000) });
    await expect(transport.call(get)).rejects.toMatchObject({ status: 429, retryAfterMs: 2_000 });
    expect(server.requests.length).toBe(6);
  });

  test('an answer that does not come in time is a TimeoutError, and the call is not made again', async () => {
    await using server = await scriptedServer(() => undefined);
    using transport = transportTo(server.url, { clock: fastClock(1000), requestTimeoutMs: 30_000 });
    const error = await transport.call(get).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(String(error)).toContain('get secrets ci/prod: no answer within 30 s');
    expect(server.requests.length).toBe(1);
  });

  test('a body that stops half-way counts as no answer in time', async () => {
    await using server = await scriptedServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":');
    });
    using transport = transportTo(server.url, { clock: fastClock(1000) });
    await expect(transport.call(get)).rejects.toThrow(TimeoutError);
  });

  test('a caller that gives up ends its request and closes its connection', async () => {
    await using server = await scriptedServer(() => undefined);
    using transport = transportTo(server.url);
    const caller = new AbortController();
    const outcome = expect(transport.call({ ...get, signal: caller.signal })).rejects.toThrow('enough');
    await waitFor('the request', () => server.requests.length === 1);
    caller.abort(new Error('enough'));
    await outcome;
    await waitFor('the connection to close', () => server.sockets.size === 0);
  });

  test('a caller that has given up already sends nothing', async () => {
    await using server = await scriptedServer((_, response) => json(response, 200, {}));
    using transport = transportTo(server.url);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(transport.call({ ...get, signal })).rejects.toThrow('enough');
    expect(server.requests.length).toBe(0);
  });
});

describe('credentials', () => {
  test('are renewed once on 401 and the call is made again, also a POST', async () => {
    await using server = await scriptedServer((request, response) =>
      request.headers.authorization === 'Bearer token-1'
        ? json(response, 201, { made: true })
        : json(response, 401, status(401, 'Unauthorized', 'Unauthorized')),
    );
    using transport = transportTo(server.url);
    expect(await transport.call(post)).toEqual({ made: true });
    expect(server.requests.map((r) => r.body)).toEqual([post.body, post.body]);
  });

  test('that are refused twice are an error', async () => {
    await using server = await scriptedServer((_, response) =>
      json(response, 401, status(401, 'Unauthorized', 'Unauthorized')),
    );
    const credentials = numberedTokens(server.url);
    using transport = transportTo(server.url, { credentials });
    await expect(transport.call(get)).rejects.toMatchObject({ status: 401 });
    expect(server.requests.length).toBe(2);
  });
});

test('when the TLS material changes, idle connections are closed and what is under way goes on', async () => {
  let release = (): void => undefined;
  await using server = await scriptedServer((request, response) => {
    if (request.path === '/slow') release = () => json(response, 200, { slow: true });
    else json(response, 200, {});
  });
  let tls = {};
  const access = () => ({ authorization: undefined, headers: {}, tls });
  const credentials = {
    server: server.url,
    current: () => Promise.resolve(access()),
    refused: () => undefined,
  };
  using transport = transportTo(server.url, { credentials });
  const slow = transport.call({ ...get, path: '/slow' });
  await transport.call(get);
  await waitFor('two requests', () => server.requests.length === 2);
  tls = {};
  await transport.call(get);
  expect(server.requests[2]?.connection).toBe(2);
  await waitFor('the idle connection to close', () => server.sockets.size === 2);
  release();
  expect(await slow).toEqual({ slow: true });
  await waitFor('the old connection to close', () => server.sockets.size === 1);
});

describe('a kept connection that the server had closed', () => {
  /** Answers the first request of each connection and resets the connection at the second. */
  const closingServer = () =>
    scriptedServer((request, response) => {
      const nth = server().filter((r) => r.connection === request.connection).length;
      if (nth === 1) json(response, 200, { ok: true });
      else request.socket.resetAndDestroy();
    });
  let server = (): readonly { connection: number }[] => [];

  test.each([get, patch, { ...patch, method: 'PUT' }, { ...get, method: 'DELETE' }] as const)(
    'costs a $method nothing: it goes out again on another one',
    async (request) => {
      await using closing = await closingServer();
      server = () => closing.requests;
      using transport = transportTo(closing.url);
      await transport.call(get);
      expect(await transport.call(request)).toEqual({ ok: true });
      expect(closing.requests.map((r) => r.connection)).toEqual([0, 0, 1]);
    },
  );

  test('fails a POST, which might create two', async () => {
    await using closing = await closingServer();
    server = () => closing.requests;
    using transport = transportTo(closing.url);
    await transport.call(get);
    await expect(transport.call(post)).rejects.toMatchObject({ name: 'ConnectionError', loss: 'idle' });
    expect(closing.requests.length).toBe(2);
  });

  test('is told apart from one that broke in the middle: a PATCH may have been carried out', async () => {
    await using cutting = await scriptedServer((request) => request.socket.resetAndDestroy());
    using transport = transportTo(cutting.url);
    await expect(transport.call(patch)).rejects.toMatchObject({ loss: 'reset' });
    expect(cutting.requests.length).toBe(1);
  });

  test('a body that breaks off is read again for a GET and an error for a PATCH', async () => {
    await using cutting = await scriptedServer((request, response) => {
      if (cutting.requests.length > 1 && request.method === 'GET')
        return json(response, 200, { whole: true });
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => request.socket.resetAndDestroy());
    });
    using transport = transportTo(cutting.url);
    expect(await transport.call(get)).toEqual({ whole: true });
    await expect(transport.call(patch)).rejects.toThrow('patch secrets ci/prod: the answer broke off');
    expect(cutting.requests.map((r) => r.method)).toEqual(['GET', 'GET', 'PATCH']);
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
