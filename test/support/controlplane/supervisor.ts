import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Exit, Notice, ProcessSpec, Request } from './supervisor-protocol.ts';

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
  readonly pid: number;
  start(spec: ProcessSpec): Promise<SupervisedProcess>;
  /** Kills what still runs, ends the supervisor and waits for that; removes the folder unless `keepDir`. */
  close(options: { readonly keepDir: boolean }): Promise<void>;
}

interface Answer {
  readonly resolve: (notice: Notice) => void;
  readonly reject: (error: Error) => void;
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
  return connect(supervisor);
}

function connect(channel: ChildProcess): Supervisor {
  const answers = new Map<number, Answer>();
  const exits = new Map<number, (exit: Exit) => void>();
  let lastId = 0;
  const ended = once(channel, 'exit');
  channel.on('message', (notice: Notice) => {
    if (notice.kind === 'exited') exits.get(notice.pid)?.(notice.exit);
    else if (notice.kind === 'failed')
      answers.get(notice.id)?.reject(new Error(`cannot start ${notice.message}`));
    else answers.get(notice.id)?.resolve(notice);
  });
  channel.on('exit', () => {
    for (const { reject } of answers.values())
      reject(new Error('the supervisor of the control plane has ended'));
    for (const gone of exits.values()) gone({ code: null, signal: 'SIGKILL' });
  });
  const ask = async (
    make: (id: number) => Request,
    receive: (notice: Notice) => void = () => undefined,
  ): Promise<void> => {
    const id = (lastId += 1);
    await new Promise<void>((resolve, reject) => {
      // Received at once, not after a turn of the event loop: the notice of an early exit may be right behind.
      answers.set(id, { resolve: (notice) => resolve(receive(notice)), reject });
      channel.send(make(id), (error) => error && reject(error));
    }).finally(() => answers.delete(id));
  };
  const signal = (pid: number, name: NodeJS.Signals): Promise<void> =>
    ask((id) => ({ id, op: 'signal', pid, signal: name }));
  return {
    pid: channel.pid ?? 0,
    async start(spec) {
      const started = Promise.withResolvers<Exit>();
      let exit: Exit | undefined;
      let pid = 0;
      await ask(
        (id) => ({ id, op: 'start', spec }),
        (notice) => {
          if (notice.kind !== 'started') return;
          pid = notice.pid;
          exits.set(pid, (how) => started.resolve((exit = how)));
        },
      );
      return {
        pid,
        logFile: spec.logFile,
        exited: started.promise,
        exit: () => exit,
        signal: (name) => signal(pid, name),
      };
    },
    async close({ keepDir }) {
      if (keepDir && channel.connected) channel.send('keep');
      if (channel.connected) channel.disconnect();
      await ended;
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
