import { execFile } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Added to the error when the program is not installed. */
  readonly install?: string;
}

/** Runs a program to its end and returns its standard output; the error carries what it wrote to standard error. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, timeoutMs = 60_000, install }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { maxBuffer: 64 * 1024 * 1024, timeout: timeoutMs };
    execFile(command, args, { ...limits, cwd, env: env ?? process.env }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.code === 'ENOENT') {
        const hint = install ?? `install ${command}`;
        reject(new Error(`the command ${command} is missing: ${hint}`, { cause: error }));
      } else {
        const said = stderr.trim().split('\n').slice(-5).join('\n');
        reject(new Error(`${command} ${args[0] ?? ''} failed: ${said || error.message}`, { cause: error }));
      }
    });
  });
}
