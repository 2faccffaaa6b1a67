#!/usr/bin/env node
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { systemClock } from './base/clock.ts';
import { errorChain } from './base/error-chain.ts';
import { exitCode } from './cli/exit-code.ts';
import type { Io, Output } from './cli/io.ts';
import { nodeProblem } from './cli/node-version.ts';
import { runCli } from './cli/run.ts';

/** `kubectl ecr`: a plugin that kubectl finds on the PATH by this name. */
const version = process.env['ECR_OPERATOR_VERSION'] ?? '0.1.0';

/** A call to AWS that nobody waits for any more goes on for longer; an upload to cancel takes less. */
const graceMs = 2_000;

// Before anything is done that an older Node has not.
const problem = nodeProblem(process.version);
if (problem !== undefined) {
  console.error(`error: ${problem}`);
  process.exit(exitCode.unknown);
}

const interrupted = new AbortController();
// Once: whoever presses it again is not asked to wait.
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));

const io: Io = {
  out: quietWhenClosed(process.stdout),
  err: quietWhenClosed(process.stderr),
  env: process.env,
  clock: systemClock,
  signal: interrupted.signal,
  readInput: (signal) => text(addAbortSignal(signal, process.stdin)),
};

/** Whoever reads only the first lines, such as head, closes the pipe: the command still ends, with its own exit code. */
function quietWhenClosed(stream: NodeJS.WriteStream): Output {
  let isClosed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isClosed = true;
  });
  return { isTTY: stream.isTTY, write: (chunk) => isClosed || stream.write(chunk) };
}

try {
  process.exitCode = await runCli(process.argv.slice(2), version, io);
} catch (error) {
  console.error(`error: ${errorChain(error)}`);
  process.exitCode = exitCode.unknown;
}
// The empty text is written after all that is still on its way to a slow reader.
setTimeout(() => process.stdout.write('', () => process.exit()), graceMs).unref();
