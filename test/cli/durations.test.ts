import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration, relativeTime, shortDuration, stageDuration } from '../../src/cli/durations.ts';

test.each([
  ['30', 30_000],
  ['90s', 90_000],
  ['1m30s', 90_000],
  ['1h', 3_600_000],
  ['250ms', 250],
])('%s is a duration', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '0', '-5s', '1.5s', '5d', 's', '25h', '9999999'])('%j is none', (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);

test.each([
  [0, '0s'],
  [59_999, '59s'],
  [61_000, '1m1s'],
  [43_199_000, '11h59m'],
  [86_400_000, '1d'],
  [100_000_000, '1d3h'],
  [-5, '0s'],
])('%d ms are shown as %s', (ms, text) => expect(shortDuration(ms)).toBe(text));

test('what is shown is never longer than what it stands for, and is one that kubectl could take', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 86_399_999 }), (ms) => {
      const shown = parseDuration(shortDuration(ms)) ?? Number.NaN;
      expect(shown).toBeLessThanOrEqual(ms);
      expect(ms - shown).toBeLessThan(60_000);
    }),
  );
});

test('times are told from now, and what is no time is not', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(relativeTime('2026-01-01T12:03:00Z', now)).toBe('in 3m');
  expect(relativeTime('2026-01-01T11:00:00Z', now)).toBe('1h ago');
  expect(relativeTime(undefined, now)).toBeUndefined();
  expect(relativeTime('soon', now)).toBeUndefined();
  expect([stageDuration(12.4), stageDuration(1_340)]).toEqual(['12 ms', '1.3 s']);
});
