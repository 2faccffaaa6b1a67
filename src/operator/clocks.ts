import { type Clock, systemClock } from '../base/clock.ts';
import { catchUpClock, monotonicClock } from '../base/elapsed-clock.ts';

/** The clocks of the process; tests pass faster ones. */
export interface Clocks {
  /** Time of day: tokens are compared with it. */
  wall: Clock;
  /** Times the queue: follows the time of day forward, and is not held up when that is set back. */
  schedule: Clock;
  /** Times the lease: setting the time of day does not move it. */
  elapsed: Clock;
}

/** The clocks of the machine. */
export const systemClocks: Clocks = { wall: systemClock, schedule: catchUpClock, elapsed: monotonicClock };
