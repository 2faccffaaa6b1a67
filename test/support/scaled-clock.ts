import type { Clock } from '../../src/base/clock.ts';

/** A clock that starts now and runs `factor` times faster than the machine's: ten minutes pass in ten seconds at 60. */
export function scaledClock(factor: number): Clock {
  const start = Date.now();
  const origin = performance.now();
  const now = (): number => start + (performance.now() - origin) * factor;
  return {
    now,
    after(ms, fn) {
      const timer = setTimeout(fn, ms / factor);
      return () => clearTimeout(timer);
    },
  };
}
