import type { Invocation } from '../arguments.ts';
import type { Connection } from '../connection.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { findSubject } from '../find-subject.ts';
import { type Io, printLines } from '../io.ts';
import { parseOperand } from '../kinds.ts';
import { paintFor } from '../paint.ts';
import { printData } from '../print-data.ts';
import { explainFacts } from './explain-facts.ts';
import { explanationLines } from './explanation-lines.ts';
import { observe } from './observe.ts';

/** Explains one object; needs no more than the right to read it. The exit code says whether it is ready. */
export async function runExplain(
  { operands: [operand = ''], options }: Invocation,
  cluster: Connection,
  io: Io,
): Promise<ExitCode> {
  const { client, namespace, signal } = cluster;
  const subject = await findSubject(client, parseOperand(operand), namespace, signal);
  const explanation = explainFacts(await observe(subject, cluster));
  if (!(await printData(io, options.output, explanation)))
    printLines(io, explanationLines(explanation, io.clock.now(), paintFor(io.out, io.env)));
  return explanation.ready?.status === 'True' ? exitCode.ok : exitCode.no;
}
