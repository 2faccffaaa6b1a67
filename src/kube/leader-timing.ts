/** Durations of leader election in milliseconds; those of client-go where not said. */
export interface LeaderElectionTiming {
  /** How long others wait after the last sign of life of a leader. */
  readonly leaseMs: number;
  /** How long after its last renewal a leader may still believe in itself. */
  readonly renewDeadlineMs: number;
  /** Time between two renewals, and between two looks of a standby (up to a fifth more). */
  readonly retryMs: number;
}

export const defaultTiming: LeaderElectionTiming = {
  leaseMs: 15_000,
  renewDeadlineMs: 10_000,
  retryMs: 2_000,
};

/** By how much a standby's wait is stretched at most: standbys that started together should not ask together. */
export const retryJitter = 0.2;

/** Throws when the durations do not leave a leader the time to renew, or to stop before another one starts. */
export function checkTiming({ leaseMs, renewDeadlineMs, retryMs }: LeaderElectionTiming): void {
  if (!(retryMs > 0)) throw new RangeError(`leader election: retryMs must be above 0, is ${retryMs}`);
  if (!(renewDeadlineMs > retryMs * (1 + retryJitter))) {
    throw new RangeError(
      `leader election: renewDeadlineMs (${renewDeadlineMs}) must be above 1.2 times retryMs (${retryMs})`,
    );
  }
  if (!(leaseMs > renewDeadlineMs)) {
    throw new RangeError(
      `leader election: leaseMs (${leaseMs}) must be above renewDeadlineMs (${renewDeadlineMs})`,
    );
  }
}
