import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program that shares this terminal and gives its exit code; Ctrl-C is for the program, which ends in order. */
export async function runInheriting(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env });
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    process.off('SIGINT', ignore);
  }
}
