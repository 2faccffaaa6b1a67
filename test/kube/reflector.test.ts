import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { ConnectionError } from '../../src/kube/errors.ts';
import type { WatchEvent } from '../../src/kube/list-watch-events.ts';
import { secrets, type KubeObject } from '../../src/kube/object.ts';
import { createReflector } from '../../src/kube/reflector.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  added,
  bookmark,
  end,
  event,
  failWith,
  listOf,
  modified,
  object,
  queries,
  requestsReach,
  started,
  stream,
  streamThenReset,
  versions,
} from './reflector-script.ts';
import { failure } from './transport-server.ts';

const wholeList: WatchEvent<KubeObject> = {
  type: 'BOOKMARK',
  object: {
    metadata: { name: '', resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } },
  },
};

describe('the first list', () => {
  test('is a stream that asks for metadata of what is selected, and is whole at the marked bookmark', async () => {
    let response: ServerResponse | undefined;
    const s = await started([
      (opened) => {
        opened.writeHead(200).flushHeaders();
        response = opened;
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
    response?.write(added('a', 3) + bookmark(4));
    await waitFor('the object', () => s.reflector.size === 1);
    expect(s.reflector.hasSynced()).toBe(false);
    response?.write(end(5) + modified('a', 6));
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
      stream(added('a', 1), added('b', 2), end(3), event('ERROR', failure(410, 'Expired', 'too old'))),
      streamThenReset(added('a', 1)),
      (response) => void response.writeHead(200).end(added('a', 1)),
      stream(added('b', 2), end(9)),
    ]);
    await waitFor('the deletion', () => s.reflector.size === 1);
    expect(s.server.requests.length).toBe(4);
    expect(s.logged.join('\n')).toContain('list secrets: the stream ended before its end');
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

test.each<[string, WatchEvent<KubeObject>[], Error | undefined]>([
  ['stays away', [], new ConnectionError('refused')],
  ['ends each watch as soon as it has begun', [wholeList], undefined],
])(
  'a server that %s is asked six times in the first minute, then every half minute',
  async (_, events, error) => {
    const clock = new ManualClock();
    let asked = 0;
    const watch = async function* <T extends KubeObject>(): AsyncGenerator<WatchEvent<T>> {
      asked += 1;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a bookmark is of no kind
      if (asked === 1) yield* events as WatchEvent<T>[];
      if (error !== undefined) throw error;
    };
    const listPages = (): never => {
      throw new Error('no pages were asked for');
    };
    const client = { watch, listPages };
    const hooks = { trim: () => 1, onChange: () => undefined };
    const reflector = createReflector({
      client,
      type: secrets,
      ...hooks,
      clock,
      random: () => 1,
      log: silentLog,
    });
    const stop = new AbortController();
    const running = reflector.run(stop.signal);
    await clock.advance(60_000);
    expect(asked).toBe(6);
    await clock.advance(300_000);
    expect(asked).toBe(16);
    stop.abort();
    await running;
  },
);

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
