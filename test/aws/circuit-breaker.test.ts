import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../src/aws/circuit-breaker.ts';
import { ManualClock } from '../support/manual-clock.ts';

/** A breaker with highest jitter. */
function newBreaker() {
  const clock = new ManualClock();
  return { clock, breaker: new CircuitBreaker(clock, () => 0.999) };
}

function opened() {
  const { clock, breaker } = newBreaker();
  for (let i = 0; i < 5; i++) breaker.failed(breaker.ask(), '503');
  return { clock, breaker };
}

/** Seconds until it lets a call probe. */
async function openSeconds(clock: ManualClock, breaker: CircuitBreaker): Promise<number> {
  for (let s = 0; ; s++) {
    const permission = breaker.ask();
    if (permission.kind === 'probe') {
      breaker.abandoned(permission);
      return s;
    }
    await clock.advance(1_000);
  }
}

describe('CircuitBreaker', () => {
  it('stays closed while failures are few, or an answer comes between them', () => {
    const { breaker } = newBreaker();
    for (let i = 0; i < 20; i++) {
      breaker.failed(breaker.ask(), '503');
      if (i % 4 === 3) breaker.answered();
    }
    expect(breaker.ask().kind).toBe('closed');
  });

  it('opens after five failures in a row and says why', () => {
    expect(opened().breaker.ask()).toEqual({ kind: 'open', because: '503' });
  });

  it('opens for its first, short time when many calls that were under way fail together', async () => {
    const { clock, breaker } = newBreaker();
    const calls = Array.from({ length: 32 }, () => breaker.ask());
    for (const call of calls) breaker.failed(call, 'reset');
    expect(await openSeconds(clock, breaker)).toBeLessThanOrEqual(10);
  });

  it('lets one call probe when its time has come, and no second one beside it', async () => {
    const { clock, breaker } = opened();
    await clock.advance(60_000);
    expect(breaker.ask().kind).toBe('probe');
    expect(breaker.ask().kind).toBe('open');
  });

  it('lets no second call probe since a call from before fails late', async () => {
    const { clock, breaker } = newBreaker();
    const old = breaker.ask();
    for (let i = 0; i < 5; i++) breaker.failed(breaker.ask(), '503');
    await clock.advance(60_000);
    expect(breaker.ask().kind).toBe('probe');
    breaker.failed(old, 'late');
    await clock.advance(60_000);
    expect(breaker.ask().kind).toBe('open');
  });

  it('lets another call probe when the first gave up before it was made', async () => {
    const { clock, breaker } = opened();
    await clock.advance(60_000);
    breaker.abandoned(breaker.ask());
    expect(breaker.ask().kind).toBe('probe');
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
      waits.push(await openSeconds(clock, breaker));
      breaker.failed(breaker.ask(), '503');
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeLessThanOrEqual(10);
    expect(waits.at(-1)).toBeLessThanOrEqual(60);
  });

  it('does not stay open for the two days by which the clock is set back', () => {
    let now = Date.UTC(2026, 0, 3);
    const breaker = new CircuitBreaker({ now: () => now, after: () => () => {} }, () => 0.5);
    for (let i = 0; i < 5; i++) breaker.failed(breaker.ask(), 'CERT_HAS_EXPIRED');
    now -= 48 * 3_600_000;
    expect(breaker.ask().kind).toBe('probe');
  });
});
