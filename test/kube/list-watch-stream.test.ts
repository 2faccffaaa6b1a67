import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../src/kube/errors.ts';
import { readEvents, SilentStreamError } from '../../src/kube/list-watch-stream.ts';
import { ManualClock } from '../support/manual-clock.ts';

const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const added = line('ADDED', { metadata: { name: 'a' } });

/** The types of the events that came, and how the stream ended. */
async function read(stream: Readable, clock = new ManualClock()) {
  const types: string[] = [];
  try {
    for await (const event of readEvents(stream, 'watch secrets', clock, 90_000)) types.push(event.type);
  } catch (error) {
    return { types, error };
  } finally {
    expect(clock.pending).toBe(0);
    expect(stream.destroyed).toBe(true);
  }
  return { types, error: undefined };
}

const of = (...chunks: string[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

test('a stream that ends after a whole event ends in good order', async () => {
  expect(await read(of(added, '\n', line('BOOKMARK', {})))).toEqual({
    types: ['ADDED', 'BOOKMARK'],
    error: undefined,
  });
});

test('a stream that ends within an event is an error, and what came before counts', async () => {
  const { types, error } = await read(of(added, '{"type":'));
  expect(types).toEqual(['ADDED']);
  expect(error).toEqual(
    new ConnectionError('watch secrets: ended in the middle of an event', { loss: 'reset' }),
  );
});

test('an ERROR event is the error that it holds', async () => {
  const status = { code: 410, reason: 'Expired', message: 'too old resource version: 1 (9)' };
  const { error } = await read(of(added, line('ERROR', status), added));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 410,
    reason: 'Expired',
    message: 'watch secrets: the API server answered 410 Expired: too old resource version: 1 (9)',
  });
});

test('a line that is not JSON is an error that does not quote it', async () => {
  const { error } = await read(of('{"data":{"k":"Y2FuYXJ5",}\n'));
  expect(error).toBeInstanceOf(ConnectionError);
  expect(String(error)).not.toContain('Y2FuYXJ5');
});

test('a stream without a byte for 90 s is dead, one with a byte now and then is not', async () => {
  const clock = new ManualClock();
  const stream = new PassThrough();
  const result = read(stream, clock);
  for (let i = 0; i < 5; i++) {
    await clock.advance(80_000);
    stream.write(added);
  }
  await clock.advance(89_000);
  expect(stream.destroyed).toBe(false);
  await clock.advance(1_000);
  const { types, error } = await result;
  expect(types.length).toBe(5);
  expect(error).toEqual(new SilentStreamError('watch secrets: not a byte for 90 s'));
});

test('a reader that stops closes the stream', async () => {
  const clock = new ManualClock();
  const stream = new PassThrough();
  stream.write(added);
  for await (const _ of readEvents(stream, 'watch secrets', clock, 90_000)) break;
  expect(stream.destroyed).toBe(true);
  expect(clock.pending).toBe(0);
});
