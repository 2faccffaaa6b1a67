import { execFile } from 'node:child_process';

/** Runs a program to its end and gives its standard output; rejects with what it wrote to standard error. */
export function runTool(command: string, args: readonly string[], env = process.env): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new Error(`${command} is not installed`, { cause: error }));
      else
        reject(new Error(`${command} ${args[0] ?? ''}: ${stderr.trim() || error.message}`, { cause: error }));
    });
  });
}
