import type { ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Log } from '../../src/base/log.ts';
import { secrets, type KubeObject } from '../../src/kube/object.ts';
import { createReflector, type Reflector } from '../../src/kube/reflector.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  clientTo,
  fastClock,
  json,
  scriptedServer,
  status,
  type Arrived,
  type ScriptedServer,
} from './transport-server.ts';

type Step = (response: ServerResponse, request: Arrived) => void;

/** Answers the n-th request with the n-th step; the last one goes on for ever. */
async function started(steps: readonly Step[], options: { onChange?: () => void; idleMs?: number } = {}) {
  const server = await scriptedServer((request, response) => {
    const step = steps[Math.min(server.requests.length, steps.length) - 1];
    step?.(response, request);
  });
  // A thousand times as fast: waits of 0.8 to 30 s pass in 1 to 30 ms.
  const clock = fastClock(1000);
  const changes: string[] = [];
  const logged: string[] = [];
  const log: Log = {
    debug() {},
    info: (_, message) => void logged.push(`info ${message}`),
    warn: (fields, message) => void logged.push(`warn ${message} ${JSON.stringify(fields)}`),
    error: (fields, message) => void logged.push(`error ${message} ${JSON.stringify(fields)}`),
  };
  const client = clientTo(server.url, { clock });
  const reflector = createReflector<string>({
    client,
    type: secrets,
    labelSelector: 'app=ecr',
    metadataOnly: true,
    trim: (o) => o.metadata.resourceVersion,
    onChange(key, now, before) {
      changes.push(`${key} ${before ?? '-'}>${now ?? '-'}`);
      options.onChange?.();
    },
    clock,
    random: () => 0.5,
    log,
    // Off unless the test is about it: with the fast clock 90 s pass in 90 ms.
    idleMs: options.idleMs ?? 1e9,
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
    client[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });
  return { server, reflector, changes, logged, stop, running };
}

const object = (name: string, version: number): KubeObject => ({
  metadata: { namespace: 'ci', name, resourceVersion: String(version) },
});
const event = (type: string, o: object): string => `${JSON.stringify({ type, object: o })}\n`;
const added = (name: string, version: number): string => event('ADDED', object(name, version));
const modified = (name: string, version: number): string => event('MODIFIED', object(name, version));
const deleted = (name: string, version: number): string => event('DELETED', object(name, version));
const bookmark = (version: number): string =>
  event('BOOKMARK', { metadata: { resourceVersion: String(version) } });
const end = (version: number): string =>
  event('BOOKMARK', {
    metadata: { resourceVersion: String(version), annotations: { 'k8s.io/initial-events-end': 'true' } },
  });

/** Sends the text and leaves the stream open. */
const stream =
  (...text: string[]): Step =>
  (response) =>
    void response.writeHead(200).write(text.join('') || ' ');
const streamThenReset =
  (...text: string[]): Step =>
  (response, { socket }) =>
    void response.writeHead(200).write(text.join(''), () => setTimeout(() => socket.resetAndDestroy(), 5));
const failWith =
  (code: number, reason: string): Step =>
  (response) =>
    json(response, code, status(code, reason, `said ${reason}`));
const listOf =
  (version: number, objects: KubeObject[], next?: string): Step =>
  (response) =>
    json(response, 200, { metadata: { resourceVersion: String(version), continue: next }, items: objects });

const versions = (reflector: Reflector<string>) => Object.fromEntries([...reflector.entries()].toSorted());
const queries = (server: ScriptedServer) => server.requests.map(({ query }) => Object.fromEntries(query));
const requestsReach = (server: ScriptedServer, n: number) =>
  waitFor(`${n} requests`, () => server.requests.length >= n);

describe('the first list', () => {
  test('is a stream that asks for metadata of what is selected, and is whole at the marked bookmark', async () => {
    let send = (_: string): void => undefined;
    const s = await started([
      (response) => {
        response.writeHead(200).flushHeaders();
        send = (text) => void response.write(text);
      },
    ]);
    await requestsReach(s.server, 1);
    expect(queries(s.server)[0]).toEqual({
      watch: '1',
      labelSelector: 'app=ecr',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      timeoutSeconds: '450',
    });
    expect(s.server.requests[0]?.headers.accept).toContain('as=PartialObjectMetadata;');
    send(added('a', 3) + bookmark(4));
    await waitFor('the object', () => s.reflector.size === 1);
    expect(s.reflector.hasSynced()).toBe(false);
    send(end(5) + modified('a', 6));
    await s.reflector.synced();
    await waitFor('the change', () => s.reflector.get('ci/a') === '6');
    expect(s.server.requests.length).toBe(1);
  });

  test.each([
    [400, 'BadRequest'],
    [422, 'Invalid'],
  ])(
    'comes in pages from a server that answers the stream with %i, also from then on',
    async (code, reason) => {
      const s = await started([
        failWith(code, reason),
        listOf(9, [object('a', 1)], 'more'),
        listOf(9, [object('b', 2)]),
        failWith(410, 'Expired'),
        listOf(20, [object('b', 2)]),
        stream(),
      ]);
      await requestsReach(s.server, 6);
      expect(versions(s.reflector)).toEqual({ 'ci/b': '2' });
      const [, first, second, watch, again] = queries(s.server);
      expect(first).toEqual({ labelSelector: 'app=ecr', limit: '500' });
      expect(second).toMatchObject({ continue: 'more' });
      expect(watch).toMatchObject({ watch: '1', resourceVersion: '9' });
      expect(watch).not.toHaveProperty('sendInitialEvents');
      expect(again).toEqual(first);
    },
  );

  test('comes in pages from a server that takes the stream for a plain watch and never ends the list', async () => {
    const s = await started([stream(), listOf(9, [object('a', 1)]), stream()], { idleMs: 90_000 });
    await s.reflector.synced();
    expect(versions(s.reflector)).toEqual({ 'ci/a': '1' });
  });

  test('that breaks off deletes nothing and is not whole; the next one counts', async () => {
    const s = await started([
      stream(added('a', 1), added('b', 2), end(3), event('ERROR', status(410, 'Expired', 'too old'))),
      streamThenReset(added('a', 1)),
      (response) => void response.writeHead(200).end(added('a', 1)),
      stream(added('b', 2), end(9)),
    ]);
    await requestsReach(s.server, 3);
    expect(versions(s.reflector)).toEqual({ 'ci/a': '1', 'ci/b': '2' });
    await waitFor('the deletion', () => s.reflector.size === 1);
    expect(s.changes).toEqual(['ci/a ->1', 'ci/b ->2', 'ci/a 1>-']);
  });

  test('whose second page fails deletes nothing', async () => {
    const s = await started([
      failWith(400, 'BadRequest'),
      listOf(9, [object('a', 1), object('b', 2)]),
      failWith(410, 'Expired'),
      listOf(9, [object('a', 1)], 'more'),
      failWith(500, 'InternalError'),
      listOf(9, [object('a', 1), object('b', 2)]),
      stream(),
    ]);
    await requestsReach(s.server, 7);
    expect(s.changes).toEqual(['ci/a ->1', 'ci/b ->2']);
  });
});

describe('a watch goes on where it was', () => {
  test.each<[string, Step]>([
    ['a 500', failWith(500, 'InternalError')],
    ['a 403', failWith(403, 'Forbidden')],
    ['a reset', (_, { socket }) => void socket.resetAndDestroy()],
    ['an event that was cut in the middle', streamThenReset('{"type":"ADDED","obj')],
    ['a clean end in the middle of an event', (r) => void r.writeHead(200).end('{"type":"ADDED","obj')],
    ['a line that is not JSON', stream('{"type":"ADDED",,}\n')],
    ['an ERROR event', stream(event('ERROR', status(500, 'InternalError', 'etcd is away')))],
    ['an end as soon as it had begun', (r) => void r.writeHead(200).end()],
    ['an HTML page', (r) => void r.writeHead(502).end('<h1>Bad gateway</h1>')],
  ])('after %s', async (_, fault) => {
    const s = await started([
      stream(added('a', 1), end(5), event('ERROR', status(500, 'InternalError', 'first'))),
      fault,
      stream(modified('a', 7)),
    ]);
    await waitFor('the change', () => s.reflector.get('ci/a') === '7');
    expect(queries(s.server).map((query) => query['resourceVersion'])).toEqual([undefined, '5', '5']);
    expect(s.changes).toEqual(['ci/a ->1', 'ci/a 1>7']);
  });

  test('from the last event or bookmark', async () => {
    const s = await started([
      streamThenReset(added('a', 1), end(5)),
      streamThenReset(modified('a', 7)),
      streamThenReset(bookmark(12)),
      stream(),
    ]);
    await requestsReach(s.server, 4);
    expect(queries(s.server).map((query) => query['resourceVersion'])).toEqual([undefined, '5', '7', '12']);
  });

  test('when a half-open connection has been silent for too long', async () => {
    const s = await started([stream(added('a', 1), end(5)), stream(), stream(modified('a', 7))], {
      idleMs: 90_000,
    });
    await waitFor('the change', () => s.reflector.get('ci/a') === '7');
    expect(s.logged.join('\n')).toContain('not a byte for 90 s');
  });

  test('when the server ends it in good order, without a word and without waiting', async () => {
    const goodEnd: Step = (response) => {
      response.writeHead(200).flushHeaders();
      setTimeout(() => response.end(), 5);
    };
    const s = await started([stream(added('a', 1), end(5), event('ERROR', status(500, 'X', 'x'))), goodEnd]);
    await requestsReach(s.server, 10);
    expect(s.logged.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  });
});

describe('a lost place in the history', () => {
  const first = stream(added('same', 1), added('gone', 2), added('new', 3), end(5), bookmark(6));

  test.each<[string, Step]>([
    ['410 as the answer', failWith(410, 'Expired')],
    ['410 as an event', stream(event('ERROR', status(410, 'Expired', 'too old resource version')))],
    [
      'a version that the server has not reached',
      (response) =>
        json(
          response,
          504,
          status(504, 'Timeout', 'Too large resource version', {
            causes: [{ reason: 'ResourceVersionTooLarge' }],
          }),
        ),
    ],
  ])('%s: lists anew, finds the missed deletion, and says nothing of what is as it was', async (_, fault) => {
    const s = await started([
      (r, request) => {
        first(r, request);
        setTimeout(() => request.socket.resetAndDestroy(), 20);
      },
      fault,
      stream(added('same', 1), added('new', 8), end(9)),
    ]);
    await waitFor('the deletion', () => s.reflector.get('ci/gone') === undefined && s.reflector.size === 2);
    expect(s.changes).toEqual(['ci/same ->1', 'ci/gone ->2', 'ci/new ->3', 'ci/new 3>8', 'ci/gone 2>-']);
    expect(queries(s.server)[2]).toMatchObject({ sendInitialEvents: 'true' });
  });
});

test('events that come twice or too late change nothing', async () => {
  const replayed = stream(
    added('a', 1),
    modified('a', 7),
    deleted('a', 6),
    modified('b', 3),
    deleted('c', 9),
  );
  const s = await started([
    streamThenReset(added('a', 1), added('c', 2), end(5), modified('a', 7), deleted('c', 9)),
    replayed,
  ]);
  await waitFor('the replay', () => s.reflector.get('ci/b') === '3');
  expect(s.changes).toEqual(['ci/a ->1', 'ci/c ->2', 'ci/a 1>7', 'ci/c 2>-', 'ci/b ->3']);
});

test('a handler that throws is logged with the key, and the stream goes on', async () => {
  const s = await started([stream(added('a', 1), end(5), modified('a', 7))], {
    onChange() {
      throw new Error('mistake');
    },
  });
  await waitFor('the second event', () => s.changes.length === 2);
  expect(s.logged[0]).toContain('error onChange of the reflector of secrets threw');
  expect(s.logged[0]).toContain('ci/a');
});

test('trouble is logged when it begins and when its reason changes, not for each try, and its end too', async () => {
  const forbidden = failWith(403, 'Forbidden');
  const s = await started([
    forbidden,
    forbidden,
    forbidden,
    failWith(500, 'InternalError'),
    stream(added('a', 1), end(5)),
  ]);
  await s.reflector.synced();
  await waitFor('the end of the trouble', () => s.logged.length === 3);
  expect(s.logged[0]).toMatch(/^warn following secrets failed.*403 Forbidden: said Forbidden/);
  expect(s.logged[1]).toMatch(/^warn following secrets failed.*500 InternalError/);
  expect(s.logged[2]).toBe('info following secrets works again');
});

describe('stopping', () => {
  test('ends the run while a watch is quiet, and closes its connection', async () => {
    const s = await started([stream(added('a', 1), end(5))]);
    await s.reflector.synced();
    s.stop.abort();
    await s.running;
    await waitFor('the connection to close', () => s.server.sockets.size === 0);
    expect(s.logged).toEqual([]);
  });

  test('ends the run while it waits to try again', async () => {
    const s = await started([failWith(503, 'ServiceUnavailable')]);
    await requestsReach(s.server, 3);
    s.stop.abort();
    await s.running;
  });

  test('ends the waiting for the first list', async () => {
    const s = await started([stream(added('a', 1))]);
    await expect(s.reflector.synced(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

test('a second run is refused: two streams would fight over one copy', async () => {
  const s = await started([stream(end(1))]);
  await expect(s.reflector.run(new AbortController().signal)).rejects.toThrow('runs already');
});

test('the last sign of life moves with events', async () => {
  const s = await started([stream(end(1))]);
  expect(s.reflector.lastActivityMs()).toBe(0);
  await s.reflector.synced();
  await waitFor('activity', () => s.reflector.lastActivityMs() > 0);
});
