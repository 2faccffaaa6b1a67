import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { TimeoutError } from '../../src/kube/errors.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { waitFor } from '../support/wait-for.ts';
import { get, patch, post } from './transport-requests.ts';
import {
  fastClock,
  json,
  numberedTokens,
  scriptedServer,
  failure,
  transportTo,
  type ScriptedServer,
} from './transport-server.ts';

describe('patience', () => {
  test('Retry-After of a 429 is waited for, then the call succeeds', async () => {
    const clock = new ManualClock();
    await using server = await scriptedServer((_, response) =>
      server.requests.length === 1
        ? json(response, 429, failure(429, 'TooManyRequests', 'slow down'), { 'retry-after': '7' })
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
      json(response, 503, failure(503, 'ServiceUnavailable', 'starting'), { 'retry-after': '9' }),
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
      json(response, 429, failure(429, 'TooManyRequests', 'slow down'), { 'retry-after': '2' }),
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
        : json(response, 401, failure(401, 'Unauthorized', 'Unauthorized')),
    );
    using transport = transportTo(server.url);
    expect(await transport.call(post)).toEqual({ made: true });
    expect(server.requests.map((r) => r.body)).toEqual([post.body, post.body]);
  });

  test('that are refused twice are an error', async () => {
    await using server = await scriptedServer((_, response) =>
      json(response, 401, failure(401, 'Unauthorized', 'Unauthorized')),
    );
    const credentials = numberedTokens(server.url);
    using transport = transportTo(server.url, { credentials });
    await expect(transport.call(get)).rejects.toMatchObject({ status: 401 });
    expect(server.requests.length).toBe(2);
  });
});

test('when the TLS material changes, idle connections are closed and what is under way goes on', async () => {
  let held: ServerResponse | undefined;
  await using server = await scriptedServer((request, response) => {
    if (request.path === '/slow') held = response;
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
  if (held !== undefined) json(held, 200, { slow: true });
  expect(await slow).toEqual({ slow: true });
  await waitFor('the old connection to close', () => server.sockets.size === 1);
});

/** Answers the first request of each connection and resets the connection at the second. */
async function closingServer(): Promise<ScriptedServer> {
  const server = await scriptedServer(({ connection, socket }, response) => {
    const nth = server.requests.filter((r) => r.connection === connection).length;
    if (nth === 1) json(response, 200, { ok: true });
    else socket.resetAndDestroy();
  });
  return server;
}

describe('a kept connection that the server had closed', () => {
  test.each([get, patch, { ...patch, method: 'PUT' }, { ...get, method: 'DELETE' }] as const)(
    'costs a $method nothing: it goes out again on another one',
    async (request) => {
      await using closing = await closingServer();
      using transport = transportTo(closing.url);
      await transport.call(get);
      expect(await transport.call(request)).toEqual({ ok: true });
      expect(closing.requests.map((r) => r.connection)).toEqual([0, 0, 1]);
    },
  );

  test('fails a POST, which might create two', async () => {
    await using closing = await closingServer();
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
