import { describe, expect, test } from 'vitest';
import { defaultBackoff, exponentialDelay } from '../../src/base/backoff.ts';
import { WorkQueue } from '../../src/kube/work-queue.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setup(): { clock: ManualClock; queue: WorkQueue<string>; seen: Record<string, number[]> } {
  const clock = new ManualClock();
  const seen: Record<string, number[]> = { depth: [], latency: [], work: [] };
  const queue = new WorkQueue<string>({
    clock,
    retryDelayMs: (failures) => exponentialDelay(failures, defaultBackoff),
    observer: {
      depth: (n) => seen.depth?.push(n),
      queueLatency: (s) => seen.latency?.push(s),
      workDuration: (s) => seen.work?.push(s),
    },
  });
  return { clock, queue, seen };
}

/** Takes and gives back `count` keys. */
async function run(queue: WorkQueue<string>, count: number): Promise<(string | undefined)[]> {
  const keys: (string | undefined)[] = [];
  for (let i = 0; i < count; i++) {
    const key = await queue.get();
    keys.push(key);
    if (key !== undefined) queue.done(key);
  }
  return keys;
}

describe('keys', () => {
  test('added many times before a worker comes make one run', async () => {
    const { queue } = setup();
    for (let i = 0; i < 5; i++) queue.add('a');
    expect(queue.length).toBe(1);
    expect(await run(queue, 1)).toEqual(['a']);
    expect(queue.length).toBe(0);
  });

  test('added while a worker has them wait until it is done and then run again', async () => {
    const { queue } = setup();
    queue.add('a');
    await queue.get();
    queue.add('a');
    queue.add('a');
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(await run(queue, 1)).toEqual(['a']);
    expect(queue.length).toBe(0);
  });

  test('go to a worker that already waits, and each only to one', async () => {
    const { queue } = setup();
    const workers = [queue.get(), queue.get()];
    queue.add('a');
    queue.add('a');
    queue.add('b');
    expect(await Promise.all(workers)).toEqual(['a', 'b']);
  });

  test('of a change come before those of the initial list, and a listed key that changes moves up', async () => {
    const { queue } = setup();
    for (const key of ['l1', 'l2', 'l3']) queue.add(key, { priority: 'low' });
    queue.add('h1');
    queue.add('l3');
    queue.add('h1', { priority: 'low' });
    expect(await run(queue, 4)).toEqual(['h1', 'l3', 'l1', 'l2']);
    expect(queue.length).toBe(0);
  });

  test('of low priority get a turn although high ones never end', async () => {
    const { queue } = setup();
    queue.add('renewal', { priority: 'low' });
    for (let i = 0; i < 40; i++) queue.add(`h${i}`);
    expect((await run(queue, 20)).indexOf('renewal')).toBe(16);
  });
});

describe('timers', () => {
  test('make a key ready at their time, not before', async () => {
    const { clock, queue } = setup();
    queue.addAfter('a', 1000);
    await clock.advance(999);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(queue.length).toBe(1);
  });

  test('are at most one per key, the earliest', async () => {
    const { clock, queue } = setup();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 5000);
    queue.addAfter('a', 500);
    await clock.advance(500);
    expect(await run(queue, 1)).toEqual(['a']);
    await clock.advance(10_000);
    expect(queue.length).toBe(0);
  });

  test('are dropped when a run of the key starts before them, so that the run sets the next one', async () => {
    const { clock, queue } = setup();
    queue.addAfter('a', 1000);
    queue.add('a');
    await queue.get();
    queue.addAfter('a', 60_000);
    queue.done('a');
    await clock.advance(59_999);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(queue.length).toBe(1);
  });

  test('set by others during a run are not postponed by the timer that the run sets', async () => {
    const { clock, queue } = setup();
    queue.add('a');
    await queue.get();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 60_000);
    queue.done('a');
    await clock.advance(1000);
    expect(queue.length).toBe(1);
  });

  test('of ten thousand keys need one timer of the clock and ring in order', async () => {
    const { clock, queue } = setup();
    const order = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000);
    for (const n of order) queue.addAfter(`k${n}`, 1 + n);
    expect(clock.pending).toBeLessThan(20);
    await clock.advance(3);
    expect(await run(queue, 3)).toEqual(['k0', 'k1', 'k2']);
    await queue.shutDown();
    expect(clock.pending).toBe(0);
  });
});

describe('retries', () => {
  test('back off per key until the key is forgotten', async () => {
    const { clock, queue } = setup();
    for (const waitMs of [5_000, 10_000, 20_000]) {
      queue.addRateLimited('a');
      await clock.advance(waitMs - 1);
      expect(queue.length).toBe(0);
      await clock.advance(1);
      await run(queue, 1);
    }
    expect([queue.failures('a'), queue.failures('b')]).toEqual([3, 0]);
    queue.forget('a');
    queue.addRateLimited('a');
    await clock.advance(5_000);
    expect(queue.length).toBe(1);
  });

  test('keep the priority of the run that failed', async () => {
    const { clock, queue } = setup();
    queue.add('changed', { priority: 'high' });
    await queue.get();
    queue.addRateLimited('changed');
    queue.done('changed');
    queue.add('listed', { priority: 'low' });
    await clock.advance(5_000);
    expect(await run(queue, 2)).toEqual(['changed', 'listed']);
  });
});

describe('the end', () => {
  test('hands out nothing more and waits for the workers', async () => {
    const { clock, queue } = setup();
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 1000);
    await queue.get();
    let drained = false;
    const end = queue.shutDown().then(() => (drained = true));
    queue.add('a');
    queue.addAfter('d', 1);
    expect(await queue.get()).toBeUndefined();
    await clock.advance(2000);
    expect(drained).toBe(false);
    queue.done('a');
    await end;
    expect([queue.length, clock.pending]).toEqual([0, 0]);
  });

  test('wakes up workers that wait', async () => {
    const { queue } = setup();
    const waiting = [queue.get(), queue.get()];
    await queue.shutDown();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  });

  test('a worker that stops waiting takes no key with it', async () => {
    const { queue } = setup();
    const stop = new AbortController();
    const stopped = queue.get(stop.signal);
    const other = queue.get();
    stop.abort();
    queue.add('a');
    expect(await Promise.all([stopped, other])).toEqual([undefined, 'a']);
    expect(await queue.get(stop.signal)).toBeUndefined();
  });
});

test('metrics tell depth, time in the queue and time of work', async () => {
  const { clock, queue, seen } = setup();
  queue.add('a');
  await clock.advance(2000);
  await queue.get();
  await clock.advance(3000);
  queue.done('a');
  expect(seen).toEqual({ depth: [1, 0], latency: [2], work: [3] });
});
