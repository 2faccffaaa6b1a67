import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/api/conditions.ts';
import { joinedStatus, reconciledPart, verifiedPart } from '../../../src/controllers/view/status-parts.ts';

const condition = (type: string): Condition => ({
  type,
  status: 'True',
  reason: 'Because',
  message: 'so',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const verification = { requestedAt: 'r', startedAt: 's', stages: [] };

describe('the two parts of a status', () => {
  const whole = {
    observedGeneration: 1,
    conditions: [condition('Ready'), condition('Verified')],
    verification,
  };

  it('are apart: a reconcile never names what a verification wrote, and the other way round', () => {
    expect(reconciledPart(whole)).toEqual({ observedGeneration: 1, conditions: [condition('Ready')] });
    expect(verifiedPart(whole)).toEqual({ verification, conditions: [condition('Verified')] });
  });

  it('are the whole together', () => {
    expect(joinedStatus(reconciledPart(whole), verifiedPart(whole))).toEqual(whole);
    const unverified = { observedGeneration: 1, conditions: [condition('Ready')] };
    expect(joinedStatus(reconciledPart(unverified), verifiedPart(unverified))).toEqual(unverified);
    expect(joinedStatus({}, verifiedPart({}))).toEqual({});
  });
});
