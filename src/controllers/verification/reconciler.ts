import type { Stage } from '../../api/verification.ts';
import { errorChain } from '../../base/error-chain.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import type { ApiError } from '../../kube/errors.ts';
import { formatTime } from '../../secrets/token-records.ts';
import { type EndedStages, noStages } from '../../verification/stage-log.ts';
import type { Verifier } from '../../verification/verifier.ts';
import type { Controller, ControllerDeps } from '../controller.ts';
import { reportTransitions } from '../report-transitions.ts';
import type { VerifiedPart } from '../view/status-parts.ts';
import { isDue, requestOf } from './due.ts';
import { Progress } from './progress.ts';
import { isRefused, RefusedResults } from './refused-results.ts';
import { finishedPart, finishedTransition, runningPart, type Started } from './report.ts';
import { type Subject, subjectKinds, type SubjectKind } from './subjects.ts';

export interface VerificationDeps extends ControllerDeps {
  verifier: Verifier;
  /** Told of each verification that ended: at which stage it failed, or '' where it went through. */
  verified: VerificationObserver;
}

export type VerificationObserver = (end: { kind: string; result: 'ok' | 'failed'; stage: string }) => void;

/** The verification of objects: queues and workers of its own, so that no reconcile waits behind one. */
export interface Verifications {
  controllers: Controller[];
  /** To be told of each object that changed; puts those that are to be verified into the queue. */
  changed(kind: string, key: string): void;
}

/** The queue of the verifications of a kind. */
function verificationKind(kind: string): string {
  return `${kind}Verification`;
}

export function createVerifications(deps: VerificationDeps): Verifications {
  const kinds = subjectKinds(deps).map((kind) => ({ ...kind, refused: new RefusedResults() }));
  return {
    controllers: kinds.map((kind) => controllerOf(deps, kind)),
    changed(name, key) {
      const kind = kinds.find((one) => one.kind === name);
      const object = kind?.find(key)?.object;
      if (object === undefined) kind?.refused.delete(key);
      else if (isDue(object)) deps.queue(verificationKind(name), key);
    },
  };
}

function controllerOf(
  deps: VerificationDeps,
  kind: SubjectKind & { readonly refused: RefusedResults },
): Controller {
  return {
    kind: verificationKind(kind.kind),
    *keys() {
      for (const [key, object] of kind.entries()) if (isDue(object)) yield key;
    },
    async reconcile(key, signal): Promise<Outcome> {
      const subject = kind.find(key);
      if (subject === undefined || !isDue(subject.object) || kind.refused.has(key, subject.object))
        return { kind: 'done' };
      const outcome = await verify(deps, subject, kind.kind, signal);
      if (outcome.kind === 'stalled') kind.refused.add(key, subject.object);
      return outcome;
    },
  };
}

async function verify(
  deps: VerificationDeps,
  subject: Subject,
  kind: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, verifier } = deps;
  const { object } = subject;
  const startedMs = clock.now();
  const started: Started = {
    requestedAt: requestOf(object) ?? formatTime(startedMs),
    startedMs,
    generation: object.metadata.generation,
    conditions: object.status?.conditions ?? [],
  };
  const progress = new Progress<VerifiedPart>(clock, (part) => writeProgress(deps, subject, part, signal));
  progress.set(runningPart(started, noStages));
  try {
    const legs = await subject.legs(signal);
    const onStage = (_stage: Stage, ended: EndedStages): void => progress.set(runningPart(started, ended));
    const result = await verifier.verify(legs, onStage, signal);
    await progress.stop();
    const refusal = await written(subject.write(finishedPart(started, result, clock.now()), signal));
    reportTransitions(deps, object, [finishedTransition(result)]);
    const stage = result.failed?.stage.name ?? '';
    deps.verified({ kind, result: result.failed === undefined ? 'ok' : 'failed', stage });
    if (refusal === undefined) return { kind: 'done' };
    return { kind: 'stalled', reason: refusal.reason, message: refusal.message };
  } finally {
    await progress.stop();
  }
}

/** What the API server has against a status; undefined where it takes it. */
async function written(write: Promise<void>): Promise<ApiError | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (isRefused(error)) return error;
    throw error;
  }
}

/** Progress is a courtesy: what counts is written at the end. */
async function writeProgress(
  { log }: Pick<ControllerDeps, 'log'>,
  subject: Subject,
  part: VerifiedPart,
  signal: AbortSignal,
): Promise<void> {
  try {
    await subject.write(part, signal);
  } catch (error) {
    log.debug({ error: errorChain(error) }, 'could not write the progress of a verification');
  }
}
