import { describe, expect, it } from 'vitest';
import { collectWhenIdle } from '../../src/operator/idle-collection.ts';
import { ManualClock } from '../support/manual-clock.ts';

const megabyte = 2 ** 20;

/** A process with so many megabytes in use, of which a collection leaves twenty. */
function start() {
  const clock = new ManualClock();
  const stop = new AbortController();
  const process = { worked: 0, heap: 20 * megabyte, collections: 0 };
  const collect = (): void => {
    process.collections++;
    process.heap = 20 * megabyte;
  };
  const options = { clock, worked: () => process.worked, heapBytes: () => process.heap, collect };
  collectWhenIdle(options, stop.signal);
  return { clock, process, stop };
}

describe('a process that has nothing to do', () => {
  it('collects its garbage once', async () => {
    const { clock, process } = start();
    process.heap = 60 * megabyte;
    await clock.advance(2_000);
    expect(process.collections).toBe(1);
    await clock.advance(60_000);
    expect(process.collections).toBe(1);
  });

  it('collects again when there is enough of it', async () => {
    const { clock, process } = start();
    await clock.advance(2_000);
    process.heap = 25 * megabyte;
    await clock.advance(10_000);
    expect(process.collections).toBe(1);
    process.heap = 27 * megabyte;
    await clock.advance(2_000);
    expect(process.collections).toBe(2);
  });

  it('does not while it works, and not any more when it ends', async () => {
    const { clock, process, stop } = start();
    process.heap = 60 * megabyte;
    for (let i = 0; i < 5; i++) {
      process.worked++;
      await clock.advance(2_000);
    }
    expect(process.collections).toBe(0);
    stop.abort();
    await clock.advance(60_000);
    expect([process.collections, clock.pending]).toEqual([0, 0]);
  });
});
