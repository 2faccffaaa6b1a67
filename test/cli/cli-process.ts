import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Answer } from './cli.ts';

const root = join(import.meta.dirname, '../..');

/** Runs `kubectl ecr` as a process of its own, from the sources, with this environment alone; its end is waited for. */
export function cliProcess(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Answer> {
  return runToEnd(process.execPath, ['src/kubectl-ecr.ts', ...argv], env, input);
}

/** Runs a program to its end, whatever its exit code. */
export function runToEnd(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { cwd: root, env, timeout: 60_000 }, (error, out, err) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: child.exitCode ?? -1, out, err });
    });
    child.stdin?.end(input);
  });
}
