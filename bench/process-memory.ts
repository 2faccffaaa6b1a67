import { readFileSync } from 'node:fs';

/** Resident memory of a process in MB: in all, and without the pages of files that it shares. Linux only. */
export function residentMemory(pid: number): { rss: number; anon: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  return { rss: megabytes('VmRSS'), anon: megabytes('RssAnon') };
}
