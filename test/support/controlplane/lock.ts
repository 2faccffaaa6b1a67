import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is known about a lock folder that is already there. */
export interface LockState {
  /** Process id its owner wrote; undefined when not written, or not yet. */
  readonly pid: number | undefined;
  readonly alive: boolean;
  readonly ageMs: number;
}

/** An owner needs moments to write its pid; a folder without one after this long was left by a crash. */
const nobodyAfterMs = 10_000;

/** True when the owner is gone and the next run may take the lock over. */
export function isStale({ pid, alive, ageMs }: LockState): boolean {
  return pid === undefined ? ageMs > nobodyAfterMs : !alive;
}

/**
 * Runs `work` while holding the folder `lock`, so that two runs build once. `waiting` is called with the owner's pid
 * on every try that has to wait. Two runs that find a stale lock in the same instant may both enter: results are moved
 * into place atomically, so that costs time and nothing else.
 */
export async function withLock<T>(
  lock: string,
  work: () => Promise<T>,
  waiting: (pid: number | undefined) => void,
  everyMs = 250,
): Promise<T> {
  while (!(await tryAcquire(lock))) {
    const state = await readState(lock);
    if (state && isStale(state)) await discard(lock);
    else {
      waiting(state?.pid);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function tryAcquire(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  await writeFile(join(lock, 'pid'), String(process.pid));
  return true;
}

async function readState(lock: string): Promise<LockState | undefined> {
  try {
    const ageMs = Date.now() - (await stat(lock)).mtimeMs;
    const text = await readFile(join(lock, 'pid'), 'utf8').catch(() => '');
    const pid = /^\d+$/.test(text) ? Number(text) : undefined;
    return { pid, alive: pid !== undefined && isAlive(pid), ageMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Moved away first: of several runs that discard at once, the rename succeeds for one. */
async function discard(lock: string): Promise<void> {
  const aside = `${lock}.stale-${process.pid}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

/** True while a process with this id exists. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
