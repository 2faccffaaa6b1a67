import type { Invocation } from '../arguments.ts';
import type { Connection } from '../connection.ts';
import { type ExitCode, exitCode, usageError } from '../exit-code.ts';
import { findSubject } from '../find-subject.ts';
import { type Io, printLines } from '../io.ts';
import { parseOperand } from '../kinds.ts';
import { paintFor } from '../paint.ts';
import { printData } from '../print-data.ts';
import { dockerConfigData, dockerConfigLines } from './docker-config-lines.ts';
import { readConfig, readLogins } from './read-logins.ts';
import { secretTargets } from './targets.ts';

/** Tells where the logins of an object are; with `show`, prints one of them as it is. */
export async function runDockerConfig(
  { operands: [operand = ''], options }: Invocation,
  cluster: Connection,
  io: Io,
): Promise<ExitCode> {
  const { show, output, trigger } = options;
  if (show && output !== 'text')
    throw usageError('--show prints the config.json as it is, which is JSON: leave --output out');
  const { client, namespace, signal } = cluster;
  const subject = await findSubject(client, parseOperand(operand), namespace, signal);
  const targets = secretTargets(subject, namespace, trigger);
  const [first] = targets;
  if (show && first !== undefined) {
    // One file, so that it can be written where a tool looks for it.
    io.out.write(`${(await readConfig(first, cluster)).reveal()}\n`);
    return exitCode.ok;
  }
  const secrets = await Promise.all(
    targets.map(async (target) => ({ ...target, logins: await readLogins(target, cluster) })),
  );
  if (!(await printData(io, output, dockerConfigData(secrets))))
    printLines(io, dockerConfigLines(secrets, io.clock.now(), paintFor(io.out, io.env)));
  return secrets.every(({ logins }) => logins !== undefined) ? exitCode.ok : exitCode.no;
}
