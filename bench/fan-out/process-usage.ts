import { readFileSync } from 'node:fs';
import { residentMemory } from '../process-memory.ts';

/** Seconds of processor time that a process has used since it started, in user and system mode. Linux only. */
export function processorSeconds(pid: number): number {
  // The second field is the name of the program, which may have spaces in it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks / ticksPerSecond;
}

/** Linux shows it in this unit on every platform that Node runs on. */
const ticksPerSecond = 100;

/** Resident memory of a process in MB, looked at so often until `stop`, which gives all samples. */
export function sampleMemory(pid: number, everyMs = 100): { stop(): number[] } {
  const samples = [residentMemory(pid).rss];
  const timer = setInterval(() => samples.push(residentMemory(pid).rss), everyMs);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}
