import { describe, expect, it } from 'vitest';
import { FairShare } from '../../src/operator/fair-share.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;

/** Begins a try; gives whether its turn has come. */
function begin(turns: FairShare, signal = never): () => boolean {
  let began = false;
  void turns.begin(signal).then(() => (began = true));
  return () => began;
}

describe('the electors of one process', () => {
  it('try one at a time', async () => {
    const clock = new ManualClock();
    const turns = new FairShare(clock);
    const [first, second] = [begin(turns), begin(turns)];
    await clock.advance(1_000);
    expect([first(), second()]).toEqual([true, false]);
    turns.end(false);
    await clock.advance(100);
    expect(second()).toBe(true);
  });

  it('wait for a further Lease, a little longer for the third and those after it', async () => {
    const clock = new ManualClock();
    const turns = new FairShare(clock);
    for (const waitMs of [0, 3_000, 4_000, 4_000]) {
      const began = begin(turns);
      await clock.advance(Math.max(0, waitMs - 1));
      expect(began()).toBe(waitMs === 0);
      await clock.advance(1);
      expect(began()).toBe(true);
      turns.end(true);
    }
  });

  it('stop waiting when the process ends', async () => {
    const clock = new ManualClock();
    const turns = new FairShare(clock);
    await turns.begin(never);
    turns.end(true);
    const stop = new AbortController();
    const began = begin(turns, stop.signal);
    stop.abort();
    await clock.advance(0);
    expect(began()).toBe(true);
  });
});
