import { execFile } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What a process said until it ended by itself. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the operator with these arguments and no environment but `env`; fails when it has not ended after 20 s. */
export function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const options = { cwd: root, env, timeout: 20_000, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, ['src/main.ts', ...args], options, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`the operator did not end:\n${stdout}\n${stderr}`));
      else resolve({ code: child.exitCode, stdout, stderr });
    });
  });
}
