#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { systemClock } from './base/clock.ts';
import { errorChain } from './base/error-chain.ts';
import { exitCode } from './cli/exit-code.ts';
import type { Io } from './cli/io.ts';
import { runCli } from './cli/run.ts';

/** `kubectl ecr`: a plugin that kubectl finds on the PATH by this name. */
const version = process.env['ECR_OPERATOR_VERSION'] ?? '0.1.0';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));

// Whoever reads only the first lines, such as head, closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.ok);
});

const io: Io = {
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  clock: systemClock,
  signal: interrupted.signal,
  readInput: () => text(process.stdin),
};

try {
  process.exitCode = await runCli(process.argv.slice(2), version, io);
} catch (error) {
  console.error(`error: ${errorChain(error)}`);
  process.exitCode = exitCode.unknown;
}
