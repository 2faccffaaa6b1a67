import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FanOut, type TargetState } from '../../../src/controllers/cluster-ecr-registry/fan-out.ts';
import { clusterRegistry, planOf } from './fixtures.ts';

const newFanOut = (): FanOut => new FanOut('uid-shared', planOf(clusterRegistry()));
const stall = { reason: 'Conflict', message: 'taken' };
const stateOf = (kind: TargetState['kind']): TargetState =>
  kind === 'failed' ? { kind, stall, records: {} } : { kind, records: {} };

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
        expect(fanOut.counts()).toEqual({
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
    fanOut.settle('a', stateOf('ready'), true);
    expect(fanOut.busy).toBe(true);
    fanOut.settle('b', stateOf('ready'), true);
    expect(fanOut.busy).toBe(false);
    expect([fanOut.takeWritten(), fanOut.takeWritten()]).toEqual([2, 0]);
  });
});
