import { beforeEach, describe, expect, it } from 'vitest';
import { Progress } from '../../../src/controllers/verification/progress.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let clock: ManualClock;
let written: number[];
let answers: (() => void)[];
let progress: Progress<number>;

beforeEach(() => {
  clock = new ManualClock();
  written = [];
  answers = [];
  progress = new Progress(clock, (state) => {
    written.push(state);
    return new Promise((resolve) => answers.push(resolve));
  });
});

/** Lets the write that is under way end. */
async function answer(): Promise<void> {
  answers.shift()?.();
  await clock.advance(0);
}

describe('the progress of something that runs', () => {
  it('is written at most once in 200 ms, with the newest state', async () => {
    progress.set(1);
    await clock.advance(199);
    progress.set(2);
    expect(written).toEqual([]);
    await clock.advance(1);
    expect(written).toEqual([2]);
    await answer();
    progress.set(3);
    await clock.advance(199);
    expect(written).toEqual([2]);
    await clock.advance(1);
    expect(written).toEqual([2, 3]);
  });

  it('is never written twice at the same time', async () => {
    progress.set(1);
    await clock.advance(200);
    progress.set(2);
    await clock.advance(1_000);
    expect(written).toEqual([1]);
    await answer();
    await clock.advance(200);
    expect(written).toEqual([1, 2]);
  });

  it('is not written at all where it ends before', async () => {
    progress.set(1);
    await progress.stop();
    await clock.advance(1_000);
    expect(written).toEqual([]);
  });

  it('ends when the write that is under way has ended, and nothing is written after that', async () => {
    progress.set(1);
    await clock.advance(200);
    progress.set(2);
    let ended = false;
    const stopping = progress.stop().then(() => (ended = true));
    await clock.advance(0);
    expect(ended).toBe(false);
    await answer();
    await stopping;
    await clock.advance(1_000);
    expect(written).toEqual([1]);
  });
});
