import type { ChildProcess } from 'node:child_process';
import type { Exit, Notice, Request } from './supervisor-protocol.ts';

/** Requests to a supervisor process and what it tells about the processes it started. */
export interface Channel {
  /** Sends a request with a fresh id; resolves to the pid it was about, rejects when it failed. */
  ask(make: (id: number) => Request): Promise<number>;
  /** Resolves when the process has ended, also when it did so before this was asked. */
  exitOf(pid: number): Promise<Exit>;
}

/** Speaks supervisor-protocol over the IPC channel of a forked supervisor. */
export function openChannel(child: ChildProcess): Channel {
  const answers = new Map<number, PromiseWithResolvers<number>>();
  const exits = new Map<number, PromiseWithResolvers<Exit>>();
  let lastId = 0;
  const exitOf = (pid: number): PromiseWithResolvers<Exit> => {
    const known = exits.get(pid) ?? Promise.withResolvers<Exit>();
    exits.set(pid, known);
    return known;
  };
  child.on('message', (notice: Notice) => {
    if (notice.kind === 'exited') exitOf(notice.pid).resolve(notice.exit);
    else if (notice.kind === 'failed')
      answers.get(notice.id)?.reject(new Error(`cannot start ${notice.message}`));
    else answers.get(notice.id)?.resolve(notice.pid);
  });
  child.on('exit', () => {
    for (const { reject } of answers.values())
      reject(new Error('the supervisor of the control plane has ended'));
    for (const { resolve } of exits.values()) resolve({ code: null, signal: 'SIGKILL' });
  });
  return {
    exitOf: (pid) => exitOf(pid).promise,
    async ask(make) {
      const id = (lastId += 1);
      const answer = Promise.withResolvers<number>();
      answers.set(id, answer);
      child.send(make(id), (error) => error && answer.reject(error));
      return await answer.promise.finally(() => answers.delete(id));
    },
  };
}
