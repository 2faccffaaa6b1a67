import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';

export const projectFolder = dirname(dirname(import.meta.dirname));

/** How a command ended, and all that it printed, both streams in order. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A command that was started. */
export interface Running {
  /** The exit code; 1 when a signal ended it. */
  readonly ended: Promise<number>;
  /** What it has printed so far. */
  output(): string;
  /** Kills it, with the programs that it runs, and waits for their end. */
  stop(): Promise<void>;
}

/** Starts commands and knows which of them still run. */
export interface Commands {
  /** Runs a command line of `sh` in the project's folder. Throws after `close`. */
  start(command: string): Running;
  /** Runs a command to its end, well or not. */
  run(command: string): Promise<Ran>;
  /** Stops all that still run, and starts no more. */
  close(): Promise<void>;
}

/** Commands with `env` and no other environment; it may change between commands. */
export function createCommands(env: Readonly<Record<string, string>>): Commands {
  const running = new Set<Running>();
  let closed = false;
  const start = (command: string): Running => {
    if (closed) throw new Error('the demo is ending');
    const started = startCommand(command, env);
    running.add(started);
    void started.ended.then(() => running.delete(started));
    return started;
  };
  return {
    start,
    async run(command) {
      const { ended, output } = start(command);
      return { code: await ended, output: output() };
    },
    async close() {
      closed = true;
      await Promise.all([...running].map((command) => command.stop()));
    },
  };
}

function startCommand(command: string, env: Readonly<Record<string, string>>): Running {
  const child = spawn('sh', ['-c', command], {
    cwd: projectFolder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that the programs that the shell runs can be ended with it.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const kill = (): void => killGroup(child.pid);
  process.once('exit', kill);
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', kill);
    return typeof code === 'number' ? code : 1;
  });
  return {
    ended,
    output: () => output,
    async stop() {
      kill();
      await ended;
    },
  };
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Everything in it has ended already.
  }
}
