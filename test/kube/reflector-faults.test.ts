import { describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import {
  added,
  bookmark,
  deleted,
  end,
  event,
  failWith,
  modified,
  queries,
  requestsReach,
  started,
  stream,
  streamThenReset,
  type Step,
} from './reflector-script.ts';
import { json, failure } from './transport-server.ts';

/** Ends in good order after more than a second of the fast clock. */
const goodEnd: Step = (response) => {
  response.writeHead(200).flushHeaders();
  setTimeout(() => response.end(), 5);
};

describe('a watch goes on where it was', () => {
  test.each<[string, Step]>([
    ['a 500', failWith(500, 'InternalError')],
    ['a 403', failWith(403, 'Forbidden')],
    ['a reset', (_, { socket }) => void socket.resetAndDestroy()],
    ['an event that was cut in the middle', streamThenReset('{"type":"ADDED","obj')],
    ['a clean end in the middle of an event', (r) => void r.writeHead(200).end('{"type":"ADDED","obj')],
    ['a line that is not JSON', stream('{"type":"ADDED",,}\n')],
    ['an ERROR event', stream(event('ERROR', failure(500, 'InternalError', 'etcd is away')))],
    ['an end as soon as it had begun', (r) => void r.writeHead(200).end()],
    ['an HTML page', (r) => void r.writeHead(502).end('<h1>Bad gateway</h1>')],
  ])('after %s', async (_, fault) => {
    const s = await started([
      stream(added('a', 1), end(5), event('ERROR', failure(500, 'InternalError', 'first'))),
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
    const s = await started([stream(added('a', 1), end(5), event('ERROR', failure(500, 'X', 'x'))), goodEnd]);
    await requestsReach(s.server, 10);
    expect(s.logged.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  });
});

describe('a lost place in the history', () => {
  const first = stream(added('same', 1), added('gone', 2), added('new', 3), end(5), bookmark(6));

  test.each<[string, Step]>([
    ['410 as the answer', failWith(410, 'Expired')],
    ['410 as an event', stream(event('ERROR', failure(410, 'Expired', 'too old resource version')))],
    [
      'a version that the server has not reached',
      (response) =>
        json(
          response,
          504,
          failure(504, 'Timeout', 'Too large resource version', {
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
  const replayed = streamThenReset(
    added('a', 1),
    modified('a', 7),
    deleted('a', 6),
    deleted('c', 9),
    modified('b', 3),
  );
  const s = await started([
    streamThenReset(added('a', 1), added('c', 2), end(5), modified('a', 7), deleted('c', 9)),
    replayed,
    stream(),
  ]);
  await waitFor('the replay', () => s.reflector.get('ci/b') === '3');
  await requestsReach(s.server, 3);
  expect(queries(s.server)[2]).toMatchObject({ resourceVersion: '9' });
  expect(s.changes).toEqual(['ci/a ->1', 'ci/c ->2', 'ci/a 1>7', 'ci/c 2>-', 'ci/b ->3']);
});
