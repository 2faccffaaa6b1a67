import { annotations } from '../api/names.ts';
import type { Invocation } from './arguments.ts';
import { type Connection, TimeIsUp } from './connection.ts';
import { CommandFailure, type ExitCode, exitCode } from './exit-code.ts';
import { findSubject } from './find-subject.ts';
import { follow } from './follow.ts';
import { readyOf } from './get/rows.ts';
import { type Io, printLines } from './io.ts';
import { describeSubject, parseOperand, type Subject } from './kinds.ts';
import { refreshProgress } from './refresh-progress.ts';
import { request, typeOf } from './request.ts';

/** Asks for new tokens and waits until every Secret of the object has them. */
export async function runRefresh(
  { operands: [operand = ''], options }: Invocation,
  cluster: Connection,
  io: Io,
): Promise<ExitCode> {
  const { client, namespace, signal } = cluster;
  const before = await findSubject(client, parseOperand(operand), namespace, signal);
  const what = describeSubject(before);
  if (before.kind !== 'EcrPipeline' && before.object.spec.suspend)
    throw new CommandFailure(
      exitCode.no,
      `${what} is suspended: set its spec.suspend to false, which refreshes it`,
    );
  const time = new Date(io.clock.now()).toISOString();
  const asked = await request(client, before, annotations.refreshRequestedAt, time, signal);
  if (!options.wait) {
    printLines(io, [`${what}: new tokens are asked for`]);
    return exitCode.ok;
  }
  printLines(io, [await untilRefreshed(before, asked, cluster)]);
  return exitCode.ok;
}

/** Gives the message; throws a CommandFailure where the refresh fails or does not come in time. */
async function untilRefreshed(
  before: Subject,
  asked: Subject,
  { client, signal }: Connection,
): Promise<string> {
  let last = asked;
  try {
    for await (const object of follow<Subject['object']>(client, typeOf(asked), asked.object, signal)) {
      if (object === undefined)
        throw new CommandFailure(exitCode.no, `${describeSubject(asked)} was deleted`);
      last = { kind: asked.kind, object } as Subject;
      const progress = refreshProgress(before, last);
      if (progress.kind === 'failed') throw new CommandFailure(exitCode.no, progress.message);
      if (progress.kind === 'done') return progress.message;
    }
  } catch (error) {
    if (error instanceof TimeIsUp) throw tooLate(last, error);
    throw error;
  }
  throw new Error('a watch ended without a reason');
}

function tooLate(subject: Subject, cause: TimeIsUp): CommandFailure {
  const ready = readyOf(subject);
  const state = ready === undefined ? 'no operator has looked at it' : `${ready.reason}: ${ready.message}`;
  const message = `${describeSubject(subject)} has no new tokens, and ${cause.message}: ${state}`;
  return new CommandFailure(exitCode.no, message, { cause });
}
