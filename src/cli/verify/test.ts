import { annotations } from '../../api/names.ts';
import type { Invocation } from '../arguments.ts';
import { type Connection, TimeIsUp } from '../connection.ts';
import { CommandFailure, type ExitCode, exitCode, usageError } from '../exit-code.ts';
import { findSubject } from '../find-subject.ts';
import { follow } from '../follow.ts';
import { type Io, printLines } from '../io.ts';
import { describeSubject, parseOperand, type Subject } from '../kinds.ts';
import { paintFor } from '../paint.ts';
import { printData } from '../print-data.ts';
import { request, typeOf } from '../request.ts';
import { liveLines } from './live-lines.ts';
import { newStages } from './new-stages.ts';
import { type Progress, progressOf } from './progress.ts';
import { stageLines, verdict } from './stage-lines.ts';
import { testFiles } from './test-file.ts';

/** Asks the operator to test an object, and shows each stage as it ends. The exit code says whether it passed. */
export async function runTest(invocation: Invocation, cluster: Connection, io: Io): Promise<ExitCode> {
  const [operand] = invocation.operands;
  const { filenames, output } = invocation.options;
  if (filenames.length > 0) {
    if (operand !== undefined) throw usageError('test takes either NAME or -f FILE');
    return testFiles(filenames, invocation.options, cluster, io);
  }
  if (operand === undefined) throw usageError('test takes NAME or -f FILE');
  const subject = await findSubject(cluster.client, parseOperand(operand), cluster.namespace, cluster.signal);
  const requestedAt = new Date(io.clock.now()).toISOString();
  const asked = await request(
    cluster.client,
    subject,
    annotations.testRequestedAt,
    requestedAt,
    cluster.signal,
  );
  const forPeople = output === 'text' || output === 'wide';
  const show = forPeople ? showStages(io) : { update: () => undefined, stop: () => undefined };
  try {
    const finished = await untilFinished(asked, cluster, show.update);
    const { ended, omitted, ok } = finished;
    show.stop();
    const what = describeSubject(subject);
    if (forPeople) printLines(io, [verdict(what, ended, paintFor(io.out, io.env), omitted)]);
    else await printData(io, output, resultOf(subject, finished));
    return ok ? exitCode.ok : exitCode.no;
  } finally {
    show.stop();
  }
}

/** The form for programs. */
function resultOf({ kind, object }: Subject, { ok, ended: stages, omitted }: Finished): object {
  const { namespace, name } = object.metadata as { namespace?: string; name: string };
  return { kind, namespace, name, ok, ...(omitted === 0 ? {} : { omittedStages: omitted }), stages };
}

function showStages(io: Io): { update: (progress: Progress) => void; stop: () => void } {
  const paint = paintFor(io.out, io.env);
  const lines = liveLines(io.out, io.clock, 'the next stage');
  const newOf = newStages();
  return {
    update(progress) {
      const { stages, missed } = newOf(progress);
      if (missed > 0) lines.print([`        ${missed} more that went through are not shown`]);
      lines.print(stages.flatMap((stage) => stageLines(stage, paint)));
    },
    stop: () => lines.stop(),
  };
}

type Finished = Extract<Progress, { kind: 'finished' }>;

async function untilFinished(
  subject: Subject,
  { client, signal }: Connection,
  update: (progress: Progress) => void,
): Promise<Finished> {
  let progress: Progress = { kind: 'waiting' };
  try {
    for await (const object of follow<Subject['object']>(client, typeOf(subject), subject.object, signal)) {
      if (object === undefined)
        throw new CommandFailure(exitCode.no, `${describeSubject(subject)} was deleted while it was tested`);
      progress = progressOf({ object });
      update(progress);
      if (progress.kind === 'finished') return progress;
    }
  } catch (error) {
    if (error instanceof TimeIsUp) throw tooLate(subject, progress, error);
    throw error;
  }
  throw new Error('a watch ended without a reason');
}

function tooLate(subject: Subject, progress: Progress, cause: TimeIsUp): CommandFailure {
  const what = describeSubject(subject);
  const message =
    progress.kind === 'waiting'
      ? `no operator has begun to test ${what}, and ${cause.message}: is one running, does it watch this object, and is it new enough to test? See kubectl get pods -A -l app.kubernetes.io/name=ecr-operator`
      : `the test of ${what} has not ended, and ${cause.message}: it goes on without you, see its status.verification, or try a longer --timeout`;
  return new CommandFailure(exitCode.unknown, message, { cause });
}
