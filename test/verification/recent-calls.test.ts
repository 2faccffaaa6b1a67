import { beforeEach, describe, expect, it } from 'vitest';
import { CredentialFailure } from '../../src/aws/failure.ts';
import { RecentCalls } from '../../src/verification/recent-calls.ts';
import { ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let calls: RecentCalls;
let made: number;

const call = (): Promise<number> => Promise.resolve((made += 1));
const failing = (kind: 'terminal' | 'throttled') => () => {
  made += 1;
  return Promise.reject(new CredentialFailure({ kind, reason: 'Denied', message: 'no' }));
};

beforeEach(() => {
  clock = new ManualClock();
  calls = new RecentCalls({ clock, random: () => 0 });
  made = 0;
});

describe('calls of verifications that run together', () => {
  it('are made once for a key, while one runs and for three seconds from its start', async () => {
    calls.enter();
    expect(await Promise.all([calls.run('a', call), calls.run('a', call)])).toEqual([1, 1]);
    await clock.advance(2_999);
    expect(await calls.run('a', call)).toBe(1);
    await clock.advance(1);
    expect(await calls.run('a', call)).toBe(2);
    expect(await calls.run('b', call)).toBe(3);
  });

  it('are made anew when the last verification has ended, however lately', async () => {
    const [leave, leaveToo] = [calls.enter(), calls.enter()];
    await calls.run('a', call);
    leave();
    expect(await calls.run('a', call)).toBe(1);
    leaveToo();
    calls.enter();
    expect(await calls.run('a', call)).toBe(2);
  });

  it('do not share a failure with those that come after it', async () => {
    calls.enter();
    await expect(calls.run('a', failing('terminal'))).rejects.toThrow('no');
    expect(await calls.run('a', call)).toBe(2);
  });

  it('are made again, slower each time, while AWS throttles, five times at most', async () => {
    calls.enter();
    const result = calls.run('a', failing('throttled')).catch((error: unknown) => error);
    await clock.advance(499);
    expect(made).toBe(1);
    await clock.advance(1);
    expect(made).toBe(2);
    await clock.advance(60_000);
    expect(made).toBe(5);
    expect(await result).toBeInstanceOf(CredentialFailure);
  });
});
