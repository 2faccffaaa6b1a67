import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FanOut, type TargetState } from '../../../src/controllers/cluster-ecr-registry/fan-out.ts';
import { hour } from '../../secrets/fixtures.ts';
import { now } from '../ecr-registry/fixtures.ts';
import { clusterRegistry, planOf } from './fixtures.ts';

const newFanOut = (): FanOut => new FanOut('uid-shared', planOf(clusterRegistry()));
const records = {
  'eu-west-1': { hash: 'h', issuedAtMs: now, expiresAtMs: now + 12 * hour, hosts: [] },
};
const stall = { reason: 'Conflict', message: 'taken' };
const stateOf = (kind: TargetState['kind']): TargetState =>
  kind === 'failed' ? { kind, stall, records } : { kind, records };

describe('the ledger of a fan-out', () => {
  it('counts what the namespaces were last said to be, whatever came before', () => {
    const kinds = fc.constantFrom<(TargetState['kind'] | 'gone')[]>('ready', 'pending', 'failed', 'gone');
    const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), kinds), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (all) => {
        const fanOut = newFanOut();
        for (const [namespace, kind] of all)
          fanOut.settle(namespace, kind === 'gone' ? undefined : stateOf(kind));
        const last = [...new Map(all).values()];
        const count = (kind: string): number => last.filter((k) => k === kind).length;
        expect(fanOut.counts(now)).toEqual({
          desired: last.length - count('gone'),
          ready: count('ready'),
          failed: count('failed'),
        });
      }),
    );
  });

  it('names the first failures by the name of the namespace', () => {
    const fanOut = newFanOut();
    for (const namespace of ['c', 'a', 'd', 'b']) fanOut.settle(namespace, stateOf('failed'));
    fanOut.settle('a', stateOf('ready'));
    expect(fanOut.failures(2)).toEqual([
      { namespace: 'b', ...stall },
      { namespace: 'c', ...stall },
    ]);
  });

  it('is busy until each namespace that was queued has been seen to', () => {
    const fanOut = newFanOut();
    for (const namespace of ['a', 'b']) fanOut.queued(namespace);
    fanOut.settle('a', stateOf('ready'));
    fanOut.wrote(now);
    expect(fanOut.busy).toBe(true);
    fanOut.settle('b', stateOf('ready'));
    fanOut.wrote(now);
    expect(fanOut.busy).toBe(false);
  });

  it('does not count a login as ready that has expired', () => {
    const fanOut = newFanOut();
    fanOut.settle('a', stateOf('ready'));
    expect(fanOut.counts(now + 12 * hour)).toEqual({ desired: 1, ready: 0, failed: 0 });
    expect([fanOut.nextExpiry(now), fanOut.nextExpiry(now + 12 * hour)]).toEqual([
      now + 12 * hour,
      undefined,
    ]);
  });

  it('tells of the Secrets that were written once none has been for a while', () => {
    const fanOut = newFanOut();
    expect(fanOut.takeWritten(now, 3_000)).toEqual({ againAtMs: undefined });
    for (const at of [0, 2_000, 4_000]) {
      fanOut.wrote(now + at);
      expect(fanOut.takeWritten(now + at + 1_000, 3_000)).toEqual({ againAtMs: now + at + 3_000 });
    }
    expect(fanOut.takeWritten(now + 7_000, 3_000)).toEqual({ count: 3 });
    expect(fanOut.takeWritten(now + 7_000, 3_000)).toEqual({ againAtMs: undefined });
  });

  it('is not asked for them again and again while a namespace has its turn', () => {
    const fanOut = newFanOut();
    fanOut.wrote(now);
    fanOut.queued('a');
    expect(fanOut.takeWritten(now + 60_000, 3_000)).toEqual({ againAtMs: undefined });
    fanOut.settle('a', stateOf('ready'));
    expect(fanOut.takeWritten(now + 60_000, 3_000)).toEqual({ count: 1 });
  });

  it('forgets who AWS said the caller was when the identity is another', () => {
    const fanOut = newFanOut();
    fanOut.callerArn = 'arn:aws:sts::111122223333:assumed-role/ecr-pull/x';
    fanOut.adopt(planOf(clusterRegistry({ secret: { name: 'pull' } })));
    expect(fanOut.callerArn).toBeDefined();
    const credentials = {
      source: 'ServiceAccount',
      assumeRoles: [{ roleArn: 'arn:aws:iam::111122223333:role/b' }],
    };
    fanOut.adopt(planOf(clusterRegistry({ credentials: credentials as never })));
    expect(fanOut.callerArn).toBeUndefined();
  });
});
