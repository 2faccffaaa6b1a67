import {
  type Condition,
  conditionTypes,
  type ConditionUpdate,
  nextConditions,
} from '../../api/conditions.ts';
import { goodReasons } from '../../api/reasons.ts';
import type { Verification } from '../../api/verification.ts';
import { formatTime } from '../../secrets/token-records.ts';
import type { EndedStages } from '../../verification/stage-log.ts';
import type { VerificationResult } from '../../verification/verifier.ts';
import type { Transition } from '../controller.ts';
import type { VerifiedPart } from '../view/status-parts.ts';

/** What a verification that runs, or that ended, is about. */
export interface Started {
  readonly requestedAt: string;
  readonly startedMs: number;
  readonly generation: number;
  /** The conditions of the object when it started. */
  readonly conditions: readonly Condition[];
}

/** The status while it runs. Pure. */
export function runningPart(started: Started, ended: EndedStages): VerifiedPart {
  const last = ended.stages.at(-1);
  const names = last === undefined ? 'has begun' : `has come to ${last.name}`;
  const message = `the verification ${names}`;
  const condition = {
    type: conditionTypes.verified,
    status: 'Unknown',
    reason: 'Verifying',
    message,
  } as const;
  return {
    verification: verificationOf(started, ended),
    conditions: verified(started, condition, started.startedMs),
  };
}

/** The status when it has ended. Pure. */
export function finishedPart(started: Started, result: VerificationResult, now: number): VerifiedPart {
  const ok = result.failed === undefined;
  return {
    verification: {
      ...verificationOf(started, result),
      finishedAt: formatTime(now),
      ok,
    },
    conditions: verified(
      started,
      {
        type: conditionTypes.verified,
        status: ok ? 'True' : 'False',
        reason: reasonOf(result),
        message: summary(result),
      },
      now,
    ),
  };
}

/** The event when it has ended. Pure. */
export function finishedTransition(result: VerificationResult): Transition {
  return {
    type: result.failed === undefined ? 'Normal' : 'Warning',
    reason: reasonOf(result),
    message: summary(result),
    action: 'Verify',
  };
}

function verificationOf(
  { generation, requestedAt, startedMs }: Started,
  { stages, omitted }: EndedStages,
): Verification {
  return {
    observedGeneration: generation,
    requestedAt,
    startedAt: formatTime(startedMs),
    ...(omitted === 0 ? {} : { omittedStages: omitted }),
    stages: [...stages],
  };
}

/** Only the condition itself: all others are the reconcile's. */
function verified({ conditions, generation }: Started, update: ConditionUpdate, now: number): Condition[] {
  const before = conditions.filter(({ type }) => type === conditionTypes.verified);
  return nextConditions(before, [update], { generation, now: formatTime(now) });
}

function reasonOf({ failed }: VerificationResult): string {
  return failed?.reason ?? goodReasons.verified;
}

function summary({ stages, omitted, durationMs, failed }: VerificationResult): string {
  if (failed !== undefined) {
    const { name, subject, message, nextStep } = failed.stage;
    const about = subject === undefined || message.includes(subject) ? '' : ` (${subject})`;
    const todo = nextStep === undefined ? '' : ` What to do: ${nextStep}`;
    return `${name} failed${about}: ${message}.${todo}`.replace('..', '.');
  }
  return `all ${omitted + stages.length} stages went through in ${durationMs} ms`;
}
