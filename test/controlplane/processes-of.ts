import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Command lines of the processes that work in the folder `dir` or were given it as an argument (Linux). */
export function processesOf(dir: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(pid))
    .filter(({ cwd, command }) => cwd.startsWith(dir) || command.includes(dir))
    .map(({ command }) => command);
}

function read(pid: string): { cwd: string; command: string } {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { cwd: readlinkSync(`/proc/${pid}/cwd`), command };
  } catch {
    // It has ended, or is a zombie, which has neither.
    return { cwd: '', command: '' };
  }
}
