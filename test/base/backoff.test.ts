import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultBackoff, exponentialDelay, FailureCounts, jitteredDelay } from '../../src/base/backoff.ts';

describe('the delay after a failure', () => {
  test('doubles from 5 s to 5 min and stays there', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => exponentialDelay(n, defaultBackoff) / 1000);
    expect(delays).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
  });

  test('is a finite number even after thousands of failures', () => {
    expect(exponentialDelay(10_000, defaultBackoff)).toBe(300_000);
  });

  test('with jitter spreads keys from the first failure on, and none retries before the base delay', () => {
    expect(jitteredDelay(1, defaultBackoff, () => 0)).toBe(5_000);
    expect(jitteredDelay(1, defaultBackoff, () => 0.5)).toBe(7_500);
    expect(jitteredDelay(2, defaultBackoff, () => 0.5)).toBe(12_500);
  });

  test('with jitter lies between base and maximum for every policy', () => {
    const policy = fc.record({
      baseMs: fc.integer({ min: 1, max: 10_000 }),
      maxMs: fc.integer({ min: 10_000, max: 1_000_000 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
    });
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(policy, fc.integer({ min: 1, max: 5_000 }), unit, (p, attempt, roll) => {
        const delay = jitteredDelay(attempt, p, () => roll);
        expect(delay).toBeGreaterThanOrEqual(p.baseMs);
        expect(delay).toBeLessThanOrEqual(p.maxMs);
      }),
    );
  });
});

test('failures are counted per key until they are forgotten', () => {
  const counts = new FailureCounts<string>();
  expect([counts.add('a'), counts.add('a'), counts.add('b')]).toEqual([1, 2, 1]);
  counts.forget('a');
  expect([counts.of('a'), counts.of('b'), counts.of('never')]).toEqual([0, 1, 0]);
});
