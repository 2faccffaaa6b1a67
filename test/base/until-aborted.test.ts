import { expect, it } from 'vitest';
import { untilAborted } from '../../src/base/until-aborted.ts';

it('stops waiting as soon as the signal aborts', async () => {
  const stop = new AbortController();
  const waiting = untilAborted(new Promise(() => {}), stop.signal);
  stop.abort(new Error('stopping'));
  await expect(waiting).rejects.toThrow('stopping');
});

it('gives what the promise gives before that', async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

it('does not wait at all for a signal that has aborted', async () => {
  await expect(untilAborted(Promise.resolve(7), AbortSignal.abort(new Error('over')))).rejects.toThrow(
    'over',
  );
});
