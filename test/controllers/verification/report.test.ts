import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/api/conditions.ts';
import {
  finishedPart,
  finishedTransition,
  runningPart,
  type Started,
} from '../../../src/controllers/verification/report.ts';

const startedMs = Date.UTC(2026, 0, 1, 12);
const startedAt = '2026-01-01T12:00:00Z';
const condition = (type: string, status: Condition['status']): Condition => ({
  type,
  status,
  reason: 'Before',
  message: 'before',
  lastTransitionTime: '2025-01-01T00:00:00Z',
});
const started: Started = {
  requestedAt: '2026-01-01T11:59:59.5Z',
  startedMs,
  generation: 3,
  conditions: [condition('Ready', 'True'), condition('Verified', 'True')],
};
const passed = { name: 'ServiceAccount', ok: true, durationMs: 7, message: 'it wins' } as const;
const failed = {
  stage: {
    name: 'Push',
    subject: 'host/team/app',
    ok: false,
    durationMs: 5,
    message: 'denied.',
    code: 'DENIED',
    nextStep: 'Allow it.',
  },
  reason: 'IdentityPolicyMissing',
} as const;

describe('what a verification writes', () => {
  it('is unknown while it runs, with the stages so far', () => {
    const { verification, conditions } = runningPart(started, {
      stages: [passed],
      omitted: 0,
      durationMs: 7,
    });
    expect(verification).toEqual({
      observedGeneration: 3,
      requestedAt: started.requestedAt,
      startedAt,
      stages: [passed],
    });
    expect(conditions).toEqual([
      {
        type: 'Verified',
        status: 'Unknown',
        reason: 'Verifying',
        message: 'the verification has come to ServiceAccount',
        observedGeneration: 3,
        lastTransitionTime: startedAt,
      },
    ]);
  });

  it('names no condition but its own, whose time moves only with its status', () => {
    const { verification, conditions } = finishedPart(
      started,
      { stages: [passed], omitted: 0, durationMs: 7, failed: undefined },
      startedMs + 2_000,
    );
    expect(verification).toMatchObject({ finishedAt: '2026-01-01T12:00:02Z', ok: true });
    expect(conditions).toEqual([
      {
        ...condition('Verified', 'True'),
        reason: 'Verified',
        message: 'all 1 stages went through in 7 ms',
        observedGeneration: 3,
      },
    ]);
  });

  it('says at which stage it failed, why and what to do, in condition and event', () => {
    const result = { stages: [passed, failed.stage], omitted: 0, durationMs: 12, failed };
    const message = 'Push failed (host/team/app): denied. What to do: Allow it.';
    const { conditions } = finishedPart(started, result, startedMs + 2_000);
    expect(conditions).toMatchObject([
      {
        status: 'False',
        reason: 'IdentityPolicyMissing',
        message,
        lastTransitionTime: '2026-01-01T12:00:02Z',
      },
    ]);
    expect(finishedTransition(result)).toEqual({
      type: 'Warning',
      reason: 'IdentityPolicyMissing',
      message,
      action: 'Verify',
    });
  });

  it('counts the stages that a status has no room for', () => {
    const result = { stages: [passed], omitted: 64, durationMs: 99, failed: undefined };
    const { verification, conditions } = finishedPart(started, result, startedMs);
    expect(verification).toMatchObject({ omittedStages: 64, stages: [passed] });
    expect(conditions?.[0]?.message).toBe('all 65 stages went through in 99 ms');
    expect(runningPart(started, result).verification).toMatchObject({ omittedStages: 64 });
  });
});
