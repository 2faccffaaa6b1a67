import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadYourWrites } from '../../../src/controllers/view/read-your-writes.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('read your writes', () => {
  it('gives what was written until the cache has it or something newer', () => {
    const writes = new ReadYourWrites<string>(new ManualClock());
    writes.wrote('ci/a', '100', 'mine');
    expect(writes.newerThan('ci/a', undefined)).toBe('mine');
    expect(writes.newerThan('ci/a', '99')).toBe('mine');
    expect(writes.newerThan('ci/b', '99')).toBeUndefined();
    expect(writes.newerThan('ci/a', '100')).toBeUndefined();
  });

  it('does not come back to a write that the cache had passed, even when the cache is set back', () => {
    const writes = new ReadYourWrites<string>(new ManualClock());
    writes.wrote('ci/a', '100', 'mine');
    writes.newerThan('ci/a', '101');
    expect(writes.newerThan('ci/a', '99')).toBeUndefined();
    expect(writes.isWrite('ci/a', '100')).toBe(false);
  });

  it('knows its last write again, and no other', () => {
    const writes = new ReadYourWrites<string>(new ManualClock());
    writes.wrote('ci/a', '100', 'first');
    writes.wrote('ci/a', '105', 'second');
    expect(writes.isWrite('ci/a', '105')).toBe(true);
    expect(writes.isWrite('ci/a', '100')).toBe(false);
    expect(writes.isWrite('ci/b', '105')).toBe(false);
  });

  it('forgets what was written with the object', () => {
    const writes = new ReadYourWrites<string>(new ManualClock());
    writes.wrote('ci/a', '100', 'mine');
    writes.forget('ci/a');
    expect(writes.newerThan('ci/a', undefined)).toBeUndefined();
  });

  it('never gives a state that is older than the newest of write and cache', () => {
    const version = fc.bigInt({ min: 1n, max: 10n ** 20n });
    fc.assert(
      fc.property(version, version, (written, cached) => {
        const writes = new ReadYourWrites<bigint>(new ManualClock());
        writes.wrote('k', String(written), written);
        const known = writes.newerThan('k', String(cached)) ?? cached;
        expect(known).toBe(written > cached ? written : cached);
      }),
    );
  });
});
