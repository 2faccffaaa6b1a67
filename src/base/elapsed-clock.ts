import type { Clock } from './clock.ts';

/** The two clocks of a machine, in milliseconds. The monotonic one stands still while the machine is suspended. */
interface MachineClocks {
  readonly monotonic: () => number;
  readonly wall: () => number;
}

const machine: MachineClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** Node cuts timers above 2^31 ms, and a step is the longest time that a jump of the wall clock goes unnoticed. */
const longestStepMs = 30_000;

/** The two clocks drift by fractions of a second without anything having happened. */
const jumpMs = 1_000;

/**
 * A clock that setting the machine's time does not move: it starts at the wall-clock time and counts on by itself.
 * For leases: a standby whose time is set forward must not believe that the leader is dead.
 */
export const monotonicClock: Clock = withTimers(elapsedFrom(machine.wall(), machine.monotonic));

/**
 * A clock that counts on by itself and also follows the wall clock when that leaps forward, but never back. For
 * schedules: after a suspension they catch up, and a wall clock that is set back by a day does not hold them up for a
 * day. Its `now()` serves to measure; ask the system clock for the time of day.
 */
export const catchUpClock: Clock = withTimers(catchUpTime(machine));

/** Time that starts at the wall clock's, runs with the monotonic clock, and takes forward leaps of the wall clock in. */
export function catchUpTime({ monotonic, wall }: MachineClocks): () => number {
  const elapsed = elapsedFrom(wall(), monotonic);
  let leapt = 0;
  let lag = wall() - elapsed();
  return () => {
    const time = elapsed();
    const jump = wall() - time - lag;
    if (Math.abs(jump) > jumpMs) lag += jump;
    if (jump > jumpMs) leapt += jump;
    return time + leapt;
  };
}

function elapsedFrom(startMs: number, monotonic: () => number): () => number {
  const origin = monotonic();
  return () => startMs + (monotonic() - origin);
}

function withTimers(now: () => number): Clock {
  const after = (ms: number, fn: () => void): (() => void) => {
    const due = now() + ms;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const step = Math.min(longestStepMs, Math.max(0, Math.ceil(due - now())));
      timer = setTimeout(() => (now() >= due ? fn() : arm()), step);
    };
    arm();
    return () => clearTimeout(timer);
  };
  return { now, after };
}
