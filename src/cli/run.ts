import { type Invocation, parseArguments } from './arguments.ts';
import { troubleOf } from './cluster-trouble.ts';
import { complete } from './completion/complete.ts';
import { completionScripts } from './completion/scripts.ts';
import { connect, type Connection } from './connection.ts';
import { demoLines } from './demo.ts';
import { runDockerConfig } from './docker-config/docker-config.ts';
import { CommandFailure, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { runExplain } from './explain/explain.ts';
import { runGet } from './get/get.ts';
import { helpLines } from './help.ts';
import { type Io, note, printLines } from './io.ts';
import { type CommandName, commandTable } from './option-table.ts';
import { runRefresh } from './refresh.ts';
import { runTest } from './verify/test.ts';

/** A command that talks to a cluster. */
type ClusterCommand = (invocation: Invocation, cluster: Connection, io: Io) => Promise<ExitCode>;

const clusterCommands: Partial<Record<CommandName, ClusterCommand>> = {
  test: runTest,
  explain: runExplain,
  get: runGet,
  refresh: runRefresh,
  'docker-config': runDockerConfig,
};

/** Runs one command line and gives the exit code; what went wrong is told on `io.err`. */
export async function runCli(argv: readonly string[], version: string, io: Io): Promise<ExitCode> {
  // Asked by shells, never typed: not in the help.
  if (argv[0] === '__complete') {
    await complete(argv.slice(1), io);
    return exitCode.ok;
  }
  try {
    const invocation = parseArguments(argv);
    checkOperands(invocation);
    const command = clusterCommands[invocation.command];
    if (command === undefined) return runLocal(invocation, version, io);
    return await runInCluster(command, invocation, io);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    note(io, `error: ${error.message}`);
    return error.code;
  }
}

async function runInCluster(command: ClusterCommand, invocation: Invocation, io: Io): Promise<ExitCode> {
  const cluster = await connect(invocation.options, io);
  try {
    return await command(invocation, cluster, io);
  } catch (error) {
    if (io.signal.aborted) throw new CommandFailure(exitCode.unknown, 'interrupted', { cause: error });
    throw troubleOf(error, cluster.server);
  } finally {
    cluster.close();
  }
}

function runLocal({ command, operands }: Invocation, version: string, io: Io): ExitCode {
  const [operand] = operands;
  if (command === 'version') printLines(io, [version]);
  else if (command === 'demo') printLines(io, demoLines);
  else if (command === 'completion') io.out.write(scriptFor(operand));
  else printLines(io, helpLines(operand));
  return exitCode.ok;
}

function scriptFor(shell: string | undefined): string {
  const script = completionScripts.get(shell ?? '');
  if (script !== undefined) return script;
  throw usageError(`completion takes one of ${[...completionScripts.keys()].join(', ')}`);
}

function checkOperands({ command, operands }: Invocation): void {
  const { operands: form = '' } = commandTable.find(({ name }) => name === command) ?? {};
  const most = form === '' ? 0 : 1;
  const least = form === 'NAME' ? 1 : 0;
  if (operands.length > most)
    throw usageError(`${command}: too many arguments: ${operands.slice(most).join(' ')}`);
  if (operands.length < least) throw usageError(`${command} takes ${form}`);
}
