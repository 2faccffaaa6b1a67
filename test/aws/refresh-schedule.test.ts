import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRefresh, refreshAtMs } from '../../src/aws/refresh-schedule.ts';
import { type Disturbance, simulateRefresh } from './refresh-simulation.ts';

const minute = 60_000;
const hour = 60 * minute;
const t0 = Date.UTC(2026, 0, 1);

describe('the time of a refresh', () => {
  it('leaves 45 to 55 % of any lifetime, and more than the smaller of 2 hours and a sixth', () => {
    const lifetimes = fc.integer({ min: minute, max: 13 * hour });
    fc.assert(
      fc.property(lifetimes, fc.string(), (lifetime, jitterKey) => {
        const left = t0 + lifetime - refreshAtMs({ issuedAtMs: t0, expiresAtMs: t0 + lifetime, jitterKey });
        expect(left).toBeGreaterThanOrEqual(0.45 * lifetime);
        expect(left).toBeLessThanOrEqual(0.55 * lifetime + 1);
        expect(left).toBeGreaterThan(Math.min(2 * hour, lifetime / 6));
      }),
    );
  });

  it('is the same whenever it is asked for, and never changes between versions', () => {
    const times = { issuedAtMs: t0, expiresAtMs: t0 + 12 * hour, jitterKey: 'role-a' };
    expect(refreshAtMs(times)).toBe(refreshAtMs({ ...times }));
    expect(refreshAtMs(times) - t0).toBe(20_863_488);
  });

  it('spreads 1000 identities that started together over 72 minutes, no minute having more than 40', () => {
    const perMinute = new Map<number, number>();
    for (let i = 0; i < 1000; i++) {
      const at = refreshAtMs({ issuedAtMs: t0, expiresAtMs: t0 + 12 * hour, jitterKey: `identity-${i}` });
      const bucket = Math.floor((at - t0) / minute);
      perMinute.set(bucket, (perMinute.get(bucket) ?? 0) + 1);
    }
    expect(perMinute.size).toBeGreaterThan(68);
    expect(Math.max(...perMinute.values())).toBeLessThan(40);
  });
});

describe('the decision to refresh', () => {
  const issuedAtMs = t0;
  const expiresAtMs = t0 + 12 * hour;
  const jitterKey = 'k';
  const atMs = refreshAtMs({ issuedAtMs, expiresAtMs, jitterKey });
  const decide = (change: Partial<Parameters<typeof decideRefresh>[0]>): ReturnType<typeof decideRefresh> =>
    decideRefresh({ nowMs: t0 + hour, issuedAtMs, expiresAtMs, jitterKey, ...change });

  it('is no while more than half of the life is left, and says until when', () => {
    expect(decide({})).toEqual({ do: false, reason: 'NotDue', atMs });
    expect(decide({ nowMs: atMs - 1 })).toEqual({ do: false, reason: 'NotDue', atMs });
  });

  it('is no right after a clock was set back by less than five minutes', () => {
    expect(decide({ nowMs: t0 - 4 * minute }).do).toBe(false);
  });

  it.each([
    ['Due', { nowMs: atMs }],
    ['Due', { nowMs: expiresAtMs - 1 }],
    ['Expired', { nowMs: expiresAtMs }],
    ['Expired', { nowMs: expiresAtMs + 24 * hour }],
    ['Missing', { issuedAtMs: undefined }],
    ['Missing', { expiresAtMs: undefined }],
    ['ClockWentBackwards', { nowMs: t0 - 6 * minute }],
    ['ClockWentBackwards', { nowMs: t0 - 24 * hour }],
    ['ImplausibleLifetime', { expiresAtMs: t0 }],
    ['ImplausibleLifetime', { expiresAtMs: t0 - hour }],
    ['ImplausibleLifetime', { expiresAtMs: t0 + 13 * hour + 1 }],
    ['ImplausibleLifetime', { expiresAtMs: NaN }],
    ['ImplausibleLifetime', { issuedAtMs: NaN }],
    ['ImplausibleLifetime', { issuedAtMs: -Infinity }],
  ] as const)('is yes, %s, for %j', (reason, change) => {
    expect(decide(change)).toEqual({ do: true, reason });
  });
});

describe('a token that is refreshed by this schedule', () => {
  const lifetimeMs = 12 * hour;
  const jitterKey = fc.string({ maxLength: 8 });

  /** After each disturbance the machine runs and AWS answers for a while, at least for one retry interval. */
  const disturbance: fc.Arbitrary<Disturbance> = fc.record({
    quietMs: fc.integer({ min: 10 * minute, max: 15 * hour }),
    event: fc.oneof(
      fc.record({ kind: fc.constant('outage' as const), ms: fc.integer({ min: 1, max: 5 * hour }) }),
      fc.record({ kind: fc.constant('suspend' as const), ms: fc.integer({ min: 1, max: 13 * hour }) }),
      fc.record({ kind: fc.constant('restart' as const), ms: fc.integer({ min: 1, max: 20 * minute }) }),
    ),
  });

  it('has never expired while the machine runs, through restarts, suspends of 13 h and AWS outages of 5 h', () => {
    fc.assert(
      fc.property(fc.array(disturbance, { minLength: 1, maxLength: 12 }), jitterKey, (disturbances, key) => {
        const run = simulateRefresh({ startMs: t0, lifetimeMs, jitterKey: key, disturbances });
        expect(run.leastLeftRunningMs).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('always has 2 hours left in normal operation with restarts', () => {
    const restart = fc.record({
      kind: fc.constant('restart' as const),
      ms: fc.integer({ min: 1, max: 20 * minute }),
    });
    const normal = fc.record({ quietMs: fc.integer({ min: 1, max: 15 * hour }), event: restart });
    fc.assert(
      fc.property(fc.array(normal, { minLength: 1, maxLength: 12 }), jitterKey, (disturbances, key) => {
        const run = simulateRefresh({ startMs: t0, lifetimeMs, jitterKey: key, disturbances });
        expect(run.leastLeftRunningMs).toBeGreaterThan(2 * hour);
      }),
      { numRuns: 500 },
    );
  });

  it('is refreshed in the instant that a suspended machine wakes', () => {
    const suspend: Disturbance = { quietMs: hour, event: { kind: 'suspend', ms: 13 * hour } };
    const run = simulateRefresh({ startMs: t0, lifetimeMs, jitterKey: 'k', disturbances: [suspend] });
    expect(run.refreshedAtMs).toContain(t0 + 14 * hour);
  });

  it('would expire in an outage of 8 hours, so that the simulation can tell', () => {
    const outage: Disturbance = { quietMs: 5 * hour, event: { kind: 'outage', ms: 8 * hour } };
    const run = simulateRefresh({ startMs: t0, lifetimeMs, jitterKey: 'k', disturbances: [outage] });
    expect(run.leastLeftRunningMs).toBeLessThanOrEqual(0);
  });
});
