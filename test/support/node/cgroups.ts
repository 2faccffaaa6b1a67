import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../wait-for.ts';
import { delegateControllers } from './cgroup-controllers.ts';

const prefix = 'ecr-operator-e2e-';

/** A control group of a run: the kubelet puts its pods below it, in every hierarchy of the machine. */
export interface Cgroup {
  /** As the kubelet wants it: `/name`. */
  readonly root: string;
  /** Removes it with all groups below, which have no process any more. */
  remove(): Promise<void>;
}

/** Makes the control group of this process, and removes those of runs that were killed. */
export async function createCgroup(): Promise<Cgroup> {
  const hierarchies = cgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  if (hierarchies.length === 0)
    throw new Error('no cgroup file system is mounted: mount one at /sys/fs/cgroup');
  for (const { folder } of hierarchies) await removeAbandoned(folder);
  const name = `${prefix}${process.pid}`;
  for (const { folder, unified } of hierarchies) {
    if (unified) await delegateControllers(folder);
    await mkdir(join(folder, name), { recursive: true });
  }
  return {
    root: `/${name}`,
    async remove() {
      for (const { folder } of hierarchies) await removeTree(join(folder, name));
    },
  };
}

/** Makes one and removes it again. Gives what the kernel says against it; undefined when it works. */
export async function tryCgroup(): Promise<string | undefined> {
  try {
    await (await createCgroup()).remove();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Hierarchy {
  readonly folder: string;
  /** The one hierarchy of cgroup v2. */
  readonly unified: boolean;
}

/** The cgroup file systems in a mountinfo file: one of v2, or one for each controller of v1. */
export function cgroupMounts(mountinfo: string): Hierarchy[] {
  const mounts = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const folder = before.split(' ')[4];
    const [type = ''] = after.split(' ');
    return folder !== undefined && /^cgroup2?$/.test(type) ? [{ folder, unified: type === 'cgroup2' }] : [];
  });
  return [...new Map(mounts.map((mount) => [mount.folder, mount])).values()];
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = new RegExp(`^${prefix}(\\d+)$`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await removeTree(join(folder, name));
  }
}

/** A group can be removed once the last of its processes is reaped, which the kernel does a moment after their end. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  const removed = async (): Promise<boolean> => {
    await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return true;
  };
  await waitFor(`control group ${folder} to be empty`, removed, { timeoutMs: 10_000 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
