import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openChannel, type Channel } from './supervisor-channel.ts';
import type { Exit, ProcessSpec } from './supervisor-protocol.ts';

/** A process that dies with this one. */
export interface SupervisedProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when it has ended. */
  readonly exited: Promise<Exit>;
  /** How it ended; undefined while it runs. */
  exit(): Exit | undefined;
  signal(signal: NodeJS.Signals): Promise<void>;
}

export interface Supervisor {
  start(spec: ProcessSpec): Promise<SupervisedProcess>;
  /** Kills what still runs, ends the supervisor and waits for that; removes the folder unless `keepDir`. */
  close(options: { readonly keepDir: boolean }): Promise<void>;
}

/** Starts the supervisor process of the folder `dir`; see supervise.ts. */
export async function startSupervisor(dir: string): Promise<Supervisor> {
  const supervisor = fork(fileURLToPath(new URL('./supervise.ts', import.meta.url)), [dir], {
    // Its own process group: Ctrl-C in a terminal must not reach the children before the API server was stopped.
    detached: true,
    execArgv: [],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(supervisor, 'spawn');
  return supervisorOver(supervisor);
}

function supervisorOver(child: ChildProcess): Supervisor {
  const ended = once(child, 'exit');
  const channel = openChannel(child);
  return {
    start: (spec) => startProcess(channel, spec),
    async close({ keepDir }) {
      if (keepDir && child.connected) child.send('keep');
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

async function startProcess(channel: Channel, spec: ProcessSpec): Promise<SupervisedProcess> {
  const pid = await channel.ask((id) => ({ id, op: 'start', spec }));
  let exit: Exit | undefined;
  const exited = channel.exitOf(pid).then((how) => (exit = how));
  return {
    pid,
    logFile: spec.logFile,
    exited,
    exit: () => exit,
    async signal(signal) {
      await channel.ask((id) => ({ id, op: 'signal', pid, signal }));
    },
  };
}

/** SIGTERM, then SIGKILL after `graceMs`; resolves when the process has ended. */
export async function terminate(process: SupervisedProcess, graceMs: number): Promise<void> {
  if (process.exit()) return;
  // A process stopped by SIGSTOP would not see SIGTERM.
  await process.signal('SIGCONT');
  await process.signal('SIGTERM');
  const timer = setTimeout(() => void process.signal('SIGKILL').catch(() => undefined), graceMs);
  await process.exited;
  clearTimeout(timer);
}
