import { expect, test } from 'vitest';
import { liveLines } from '../../../src/cli/verify/live-lines.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function printed(isTTY: boolean) {
  const clock = new ManualClock();
  const texts: string[] = [];
  const lines = liveLines({ write: (text) => texts.push(text), isTTY }, clock, 'the next stage');
  return { clock, texts, lines };
}

const clear = '\r\x1b[K';

test('on a terminal the time since the last line ticks, and the clock is let go at the end', async () => {
  const { clock, texts, lines } = printed(true);
  await clock.advance(200);
  expect(texts).toEqual([0, 100, 200].map((ms) => `${clear}...     the next stage, ${ms} ms`));
  lines.print(['ok  one']);
  expect(texts.slice(3)).toEqual([clear, 'ok  one\n', `${clear}...     the next stage, 0 ms`]);
  lines.stop();
  expect(texts.at(-1)).toBe(clear);
  expect(clock.pending).toBe(0);
});

test('elsewhere only whole lines are printed', async () => {
  const { clock, texts, lines } = printed(false);
  await clock.advance(1_000);
  lines.print(['ok  one  ', 'two']);
  lines.stop();
  expect(texts).toEqual(['ok  one\ntwo\n']);
  expect(clock.pending).toBe(0);
});
