import type { Clock } from '../base/clock.ts';
import { ApiError, ConnectionError, type Status } from './errors.ts';
import type { WatchEvent } from './list-watch-events.ts';
import { LineSplitter } from './list-watch-lines.ts';
import type { KubeObject } from './object.ts';
import { parseJson } from './transport-answer.ts';

/** Nothing came over a watch for so long that the connection must be dead, though nobody closed it. */
export class SilentStreamError extends ConnectionError {
  override readonly name = 'SilentStreamError';
}

/** What is needed of an HTTP response. */
interface ByteStream extends AsyncIterable<Buffer> {
  destroy(error?: Error): unknown;
}

/**
 * The events of a watch response. Ends when the stream ended after a whole event; rejects when it broke off, when nothing
 * came for `idleMs`, and with an `ApiError` on an ERROR event. `what` begins the messages. Destroys the stream at the end.
 */
export async function* readEvents<T extends KubeObject>(
  stream: ByteStream,
  what: string,
  clock: Clock,
  idleMs: number,
): AsyncGenerator<WatchEvent<T>> {
  const lines = new LineSplitter();
  const guard = guardSilence(clock, idleMs, () =>
    stream.destroy(new SilentStreamError(`${what}: not a byte for ${idleMs / 1000} s`)),
  );
  try {
    for await (const chunk of stream) {
      guard.heard();
      for (const line of lines.push(chunk)) if (line !== '') yield eventOf<T>(what, line);
    }
  } catch (error) {
    throw isReset(error) ? new ConnectionError(`${what}: broke off`, { cause: error, loss: 'reset' }) : error;
  } finally {
    guard.stop();
    stream.destroy();
  }
  if (lines.midLine) throw new ConnectionError(`${what}: ended in the middle of an event`, { loss: 'reset' });
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

interface RawEvent<T extends KubeObject> {
  readonly type: WatchEvent<T>['type'] | 'ERROR';
  readonly object: T & Status;
}

function eventOf<T extends KubeObject>(what: string, line: string): WatchEvent<T> {
  const { type, object } = parseJson<RawEvent<T>>(what, line);
  if (type === 'ERROR') throw new ApiError(what, object.code ?? 0, object);
  return { type, object };
}

interface SilenceGuard {
  heard(): void;
  stop(): void;
}

/** Calls `onSilence` once when `heard` was not called for `ms`. One timer at a time, not one per chunk. */
function guardSilence(clock: Clock, ms: number, onSilence: () => void): SilenceGuard {
  let last = clock.now();
  let cancel: () => void;
  const check = (): void => {
    const left = last + ms - clock.now();
    if (left <= 0) onSilence();
    else cancel = clock.after(left, check);
  };
  cancel = clock.after(ms, check);
  return {
    heard() {
      last = clock.now();
    },
    stop: () => cancel(),
  };
}
