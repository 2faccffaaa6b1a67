import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Those that the kubelet asks for. Others may refuse to be passed on, and nobody here misses them. */
const needed: readonly string[] = ['cpu', 'cpuset', 'hugetlb', 'memory', 'pids'];

/** Where the processes of a container go, whose group may not have both processes and controllers for its children. */
const processes = 'ecr-operator-e2e-processes';

/**
 * In cgroup v2 a group has only the controllers that its parent passes on; systemd has done so where it runs. Throws what
 * the kernel says, with the folder.
 */
export async function delegateControllers(folder: string): Promise<void> {
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  const missing = missingControllers(await read('cgroup.controllers'), await read('cgroup.subtree_control'));
  if (missing.length === 0) return;
  try {
    if (!(await isRoot(folder))) await moveProcesses(folder);
    const enable = missing.map((name) => `+${name}`).join(' ');
    await writeFile(join(folder, 'cgroup.subtree_control'), enable);
  } catch (cause) {
    const list = missing.join(', ');
    throw new Error(`control group ${folder} cannot pass on the controllers ${list}: ${String(cause)}`, {
      cause,
    });
  }
}

/** What a group has of the needed controllers and does not pass on yet; from the two files of the kernel. */
export function missingControllers(controllers: string, subtreeControl: string): string[] {
  const [available, passedOn] = [controllers, subtreeControl].map((text) => text.trim().split(/\s+/));
  return needed.filter((name) => available?.includes(name) && !passedOn?.includes(name));
}

/** The processes in a `cgroup.procs` file. Those of other PID namespaces show as 0 and cannot be named. */
export function processesIn(procs: string): string[] {
  return procs.split('\n').filter((pid) => /^[1-9]\d*$/.test(pid));
}

/** Only the root of the machine, which may have both, lacks this file. In a container the root is somebody's child. */
async function isRoot(folder: string): Promise<boolean> {
  return await access(join(folder, 'cgroup.type')).then(
    () => false,
    () => true,
  );
}

async function moveProcesses(folder: string): Promise<void> {
  const target = join(folder, processes);
  await mkdir(target, { recursive: true });
  // Again for those that were started meanwhile.
  for (let round = 0; round < 5; round++) {
    for (const pid of processesIn(await readFile(join(folder, 'cgroup.procs'), 'utf8'))) {
      await writeFile(join(target, 'cgroup.procs'), pid).catch((error: NodeJS.ErrnoException) => {
        // It has ended.
        if (error.code !== 'ESRCH') throw error;
      });
    }
  }
}
