import { describe, expect, it } from 'vitest';
import { AdaptiveLimiter } from '../../src/aws/adaptive-limiter.ts';
import { ManualClock } from '../support/manual-clock.ts';

function setUp(start = 10, max = 100) {
  const clock = new ManualClock();
  const limiter = new AdaptiveLimiter({ clock, start, max });
  let served = 0;
  const ask = (n: number): void => {
    for (let i = 0; i < n; i++) void limiter.take().then(() => (served += 1));
  };
  return { clock, limiter, ask, served: () => served };
}

describe('AdaptiveLimiter', () => {
  it('lets one second worth of calls through at once, and the rest at its rate', async () => {
    const { clock, ask, served } = setUp();
    ask(35);
    await clock.advance(0);
    expect(served()).toBe(10);
    await clock.advance(1_000);
    expect(served()).toBe(20);
    await clock.advance(2_000);
    expect(served()).toBe(35);
  });

  it('speeds up while AWS takes every call, up to its maximum', () => {
    const { limiter } = setUp(10, 20);
    for (let i = 0; i < 50; i++) limiter.succeeded();
    expect(limiter.rate).toBe(20);
  });

  it('halves when throttled, once for all calls that were under way', async () => {
    const { clock, limiter } = setUp(64);
    for (let i = 0; i < 20; i++) limiter.throttled();
    expect(limiter.rate).toBe(32);
    await clock.advance(1_000);
    limiter.throttled();
    expect(limiter.rate).toBe(16);
  });

  it('never stops altogether, so that it finds out when the throttling is over', async () => {
    const { clock, limiter, ask, served } = setUp(1);
    for (let i = 0; i < 20; i++) {
      limiter.throttled();
      await clock.advance(1_000);
    }
    ask(1);
    await clock.advance(2_000);
    expect(served()).toBe(1);
  });

  it('recovers slowly after a throttling', async () => {
    const { clock, limiter } = setUp(64, 64);
    limiter.throttled();
    for (let i = 0; i < 10; i++) {
      await clock.advance(1_000);
      for (let call = 0; call < 30; call++) limiter.succeeded();
    }
    expect(limiter.rate).toBeGreaterThan(33);
    expect(limiter.rate).toBeLessThan(45);
  });

  it('lets no burst through after a throttling', async () => {
    const { clock, limiter, ask, served } = setUp(10);
    await clock.advance(60_000);
    limiter.throttled();
    ask(10);
    await clock.advance(1_000);
    expect(served()).toBeLessThanOrEqual(5);
  });
});
