import { beforeEach, describe, expect, it } from 'vitest';
import { WriteLimit } from '../../src/kube/write-limit.ts';
import { ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let limit: WriteLimit;
beforeEach(() => {
  clock = new ManualClock();
  limit = new WriteLimit({ clock, max: 8 });
});

const answer = (status: number, seconds = 0.01, method = 'POST', resource = 'secrets'): void =>
  limit.observe({ method, resource, status, seconds });

function answers(count: number, seconds: number): void {
  for (let i = 0; i < count; i++) answer(201, seconds);
}

/** Starts writes that end when told; gives how many have begun. */
function start(count: number): { begun: () => number; endOne: () => Promise<void> } {
  const ends: (() => void)[] = [];
  for (let i = 0; i < count; i++) void limit.run(() => new Promise<void>((end) => ends.push(end)));
  let ended = 0;
  return {
    begun: () => ends.length,
    async endOne() {
      ends[ended++]?.();
      // The next one begins some turns of the microtask queue later.
      await new Promise(setImmediate);
    },
  };
}

describe('the limit of writes', () => {
  it('lets so many be under way and the others wait their turn', async () => {
    const writes = start(10);
    expect(writes.begun()).toBe(8);
    await writes.endOne();
    expect(writes.begun()).toBe(9);
  });

  it('gives back the place of a write that failed', async () => {
    const failing = Array.from({ length: 20 }, () => limit.run(() => Promise.reject(new Error('no'))));
    const results = await Promise.allSettled(failing);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(start(9).begun()).toBe(8);
  });

  it('halves when the API server has too many requests, once for those that were under way', async () => {
    answer(429);
    answer(429);
    expect(limit.limit).toBe(4);
    await clock.advance(1_000);
    answer(429);
    expect(limit.limit).toBe(2);
  });

  it('never stops writing', async () => {
    for (let i = 0; i < 10; i++) {
      answer(429);
      await clock.advance(1_000);
    }
    expect(limit.limit).toBe(2);
  });

  it('takes effect as writes end', async () => {
    const writes = start(12);
    answer(429);
    await writes.endOne();
    expect(writes.begun()).toBe(8);
    for (let i = 0; i < 4; i++) await writes.endOne();
    expect(writes.begun()).toBe(9);
  });

  it('shrinks while writes take much longer than they did, and grows again after', () => {
    answers(64, 0.02);
    answers(64, 0.6);
    expect(limit.limit).toBe(6);
    answers(64, 0.02);
    answers(64, 0.02);
    expect(limit.limit).toBe(8);
  });

  it('stays where an API server is slow from the first', () => {
    answers(640, 0.6);
    expect(limit.limit).toBe(8);
  });

  it('does not look at reads and leases', () => {
    answer(429, 0.01, 'GET');
    answer(429, 0.01, 'PUT', 'leases');
    expect(limit.limit).toBe(8);
  });
});
