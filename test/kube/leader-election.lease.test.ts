import { describe, expect, test } from 'vitest';
import {
  type Lease,
  type LeaseSpec,
  nextLeaseStep,
  observeLease,
  releasedSpec,
} from '../../src/kube/lease.ts';

const self = { identity: 'me', leaseMs: 15_000 };
const wallMs = Date.UTC(2026, 0, 1, 12, 0, 0, 7);
const now = '2026-01-01T12:00:00.007000Z';

const leaseOf = (spec: LeaseSpec): Lease => ({ metadata: { name: 'l' }, spec });
const theirs = leaseOf({
  holderIdentity: 'other',
  leaseDurationSeconds: 15,
  acquireTime: '2020-01-01T00:00:00.000000Z',
  renewTime: '2020-01-01T00:00:00.000000Z',
  leaseTransitions: 4,
});

function step(
  lease: Lease | undefined,
  sinceMs: number,
  elapsedMs: number,
): ReturnType<typeof nextLeaseStep> {
  return nextLeaseStep(lease, observeLease(undefined, lease, sinceMs, 15_000), self, { elapsedMs, wallMs });
}

describe('a lease', () => {
  test('that does not exist is created', () => {
    expect(step(undefined, 0, 0)).toEqual({
      kind: 'create',
      spec: {
        holderIdentity: 'me',
        leaseDurationSeconds: 15,
        acquireTime: now,
        renewTime: now,
        leaseTransitions: 0,
      },
    });
  });

  test('of another holder is left alone for its duration after it was first seen, however old its times are', () => {
    expect(step(theirs, 1000, 15_999)).toEqual({ kind: 'wait', holder: 'other', untilMs: 16_000 });
  });

  test('of another holder is taken when it did not change for its duration', () => {
    expect(step(theirs, 1000, 16_000)).toMatchObject({
      kind: 'write',
      spec: { holderIdentity: 'me', acquireTime: now, renewTime: now, leaseTransitions: 5 },
    });
  });

  test('that was released is taken at once', () => {
    const released = leaseOf(releasedSpec(theirs.spec ?? {}, wallMs));
    expect(released.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 4 });
    expect(step(released, 0, 0)).toMatchObject({ kind: 'write', spec: { leaseTransitions: 5 } });
  });

  test('of our own is renewed with the time of acquisition and the count of transitions kept', () => {
    const ours = leaseOf({ ...theirs.spec, holderIdentity: 'me' });
    expect(step(ours, 0, 5000)).toMatchObject({
      kind: 'write',
      spec: { acquireTime: '2020-01-01T00:00:00.000000Z', renewTime: now, leaseTransitions: 4 },
    });
  });

  test('with nothing in it is free', () => {
    expect(step({ metadata: { name: 'l' } }, 0, 0)).toMatchObject({
      kind: 'write',
      spec: { leaseTransitions: 1 },
    });
    expect(step(leaseOf({ holderIdentity: null, leaseTransitions: null }), 0, 0).kind).toBe('write');
  });

  test('without a duration counts with our own', () => {
    const lease = leaseOf({ holderIdentity: 'other' });
    expect(step(lease, 0, 14_999).kind).toBe('wait');
    expect(step(lease, 0, 15_000).kind).toBe('write');
  });
});

describe('an observation', () => {
  test('is dated anew by a change of the record, not by a change of the metadata', () => {
    const first = observeLease(undefined, theirs, 0, 15_000);
    const labelled: Lease = { ...theirs, metadata: { name: 'l', resourceVersion: '9', labels: { a: 'b' } } };
    expect(observeLease(first, labelled, 5000, 15_000)).toBe(first);
    const renewed = leaseOf({ ...theirs.spec, renewTime: '2020-01-01T00:00:02.000000Z' });
    expect(observeLease(first, renewed, 5000, 15_000)?.aliveUntilMs).toBe(20_000);
  });

  test('of a holder stays when the lease is deleted: the holder may still lead', () => {
    const seen = observeLease(undefined, theirs, 0, 15_000);
    const after = observeLease(seen, undefined, 5000, 15_000);
    expect(nextLeaseStep(undefined, after, self, { elapsedMs: 14_999, wallMs })).toMatchObject({
      kind: 'wait',
    });
    expect(nextLeaseStep(undefined, after, self, { elapsedMs: 15_000, wallMs })).toMatchObject({
      kind: 'create',
    });
  });
});
