import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../src/aws/circuit-breaker.ts';
import { ManualClock } from '../support/manual-clock.ts';

function opened() {
  const clock = new ManualClock();
  const breaker = new CircuitBreaker(clock, () => 0.5);
  for (let i = 0; i < 5; i++) breaker.failed('503');
  return { clock, breaker };
}

describe('CircuitBreaker', () => {
  it('stays closed while failures are few, or an answer comes between them', () => {
    const breaker = new CircuitBreaker(new ManualClock(), () => 0.5);
    for (let i = 0; i < 20; i++) {
      breaker.failed('503');
      if (i % 4 === 3) breaker.answered();
    }
    expect(breaker.ask().kind).toBe('closed');
  });

  it('opens after five failures in a row and says why', () => {
    expect(opened().breaker.ask()).toMatchObject({ kind: 'open', because: '503' });
  });

  it('lets one call probe when its time has come, and no second one beside it', async () => {
    const { clock, breaker } = opened();
    await clock.advance(60_000);
    expect(breaker.ask().kind).toBe('probe');
    expect(breaker.ask().kind).toBe('open');
  });

  it('closes when the probe is answered', async () => {
    const { clock, breaker } = opened();
    await clock.advance(60_000);
    breaker.ask();
    breaker.answered();
    expect(breaker.ask().kind).toBe('closed');
  });

  it('stays open for longer after each probe that fails, up to a minute', async () => {
    const { clock, breaker } = opened();
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      const permission = breaker.ask();
      if (permission.kind !== 'open') throw new Error(permission.kind);
      waits.push(permission.untilMs - clock.now());
      await clock.advance(permission.untilMs - clock.now());
      breaker.ask();
      breaker.failed('503');
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBeLessThanOrEqual(60_000);
  });
});
