/**
 * The process that starts a control plane's processes and outlives a test process that dies, even by SIGKILL: when
 * its channel closes it kills what still runs, and then removes the folder given as its argument. A test process that
 * has stopped everything closes the channel too, and finds the folder gone as well unless it says `keep` first.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Notice, ProcessSpec, Request } from './supervisor-protocol.ts';

const children = new Map<number, ChildProcess>();
const dir = process.argv[2];
let keepDir = false;
let closing = false;

const tell = (notice: Notice): void => {
  if (process.connected) process.send?.(notice);
};

function start(id: number, { command, args, cwd, logFile }: ProcessSpec): void {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, stdio: ['ignore', log, log] });
  closeSync(log);
  child.on('error', (error) => tell({ kind: 'failed', id, message: `${command}: ${error.message}` }));
  child.on('spawn', () => {
    if (child.pid === undefined) return;
    children.set(child.pid, child);
    tell({ kind: 'done', id, pid: child.pid });
    // The channel may have closed while this process was being started.
    if (closing) child.kill('SIGKILL');
  });
  child.on('exit', (code, signal) => {
    if (child.pid === undefined) return;
    children.delete(child.pid);
    tell({ kind: 'exited', pid: child.pid, exit: { code, signal } });
    if (closing) finishWhenAlone();
  });
}

function close(): void {
  closing = true;
  for (const child of children.values()) child.kill('SIGKILL');
  finishWhenAlone();
}

function finishWhenAlone(): void {
  if (children.size > 0) return;
  if (dir !== undefined && !keepDir) rmSync(dir, { recursive: true, force: true });
  process.exit(0);
}

process.on('message', (request: Request | 'keep') => {
  if (request === 'keep') keepDir = true;
  else if (request.op === 'start') start(request.id, request.spec);
  else {
    // A child that has exited is no longer in the map, so a reused pid is never signalled.
    children.get(request.pid)?.kill(request.signal);
    tell({ kind: 'done', id: request.id, pid: request.pid });
  }
});
process.on('disconnect', close);
process.on('SIGTERM', close);
// Ctrl-C is for the test process, which stops everything in order.
process.on('SIGINT', () => undefined);
