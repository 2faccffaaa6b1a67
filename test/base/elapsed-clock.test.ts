import { expect, test } from 'vitest';
import { catchUpTime, monotonicClock } from '../../src/base/elapsed-clock.ts';

/** Two clocks of a machine that the test moves by hand. */
function machine(): { wall: number; monotonic: number; pass(ms: number): void; time(): number } {
  const state = { wall: Date.UTC(2026, 0, 1), monotonic: 500 };
  const now = catchUpTime({ wall: () => state.wall, monotonic: () => state.monotonic });
  const start = now();
  return Object.assign(state, {
    pass(ms: number): void {
      state.wall += ms;
      state.monotonic += ms;
    },
    time: () => now() - start,
  });
}

test('catch-up time runs with the clocks of the machine', () => {
  const m = machine();
  for (let i = 0; i < 1000; i++) {
    m.pass(0.1);
    m.time();
  }
  expect(m.time()).toBeCloseTo(100);
});

test('catch-up time takes in a suspension of 13 h at once', () => {
  const m = machine();
  m.pass(1000);
  m.time();
  m.wall += 13 * 3_600_000;
  expect(m.time()).toBe(1000 + 13 * 3_600_000);
});

test('catch-up time goes on when the wall clock is set back by a day', () => {
  const m = machine();
  m.pass(1000);
  m.time();
  m.wall -= 24 * 3_600_000;
  m.pass(5000);
  expect(m.time()).toBe(6000);
  m.pass(5000);
  expect(m.time()).toBe(11_000);
});

test('a clock that drifts by fractions of a second is not a leap', () => {
  const m = machine();
  for (let i = 0; i < 100; i++) {
    m.pass(10);
    m.wall += i % 2 === 0 ? 400 : -400;
    m.time();
  }
  expect(m.time()).toBe(1000);
});

test('a timer of the monotonic clock never fires before its time', async () => {
  const start = monotonicClock.now();
  await new Promise<void>((resolve) => monotonicClock.after(15, resolve));
  expect(monotonicClock.now() - start).toBeGreaterThanOrEqual(15);
});

test('a timer that was cancelled does not fire', async () => {
  let fired = false;
  const cancel = monotonicClock.after(5, () => (fired = true));
  cancel();
  await new Promise<void>((resolve) => monotonicClock.after(15, resolve));
  expect(fired).toBe(false);
});
