import { decideRefresh } from '../../src/aws/refresh-schedule.ts';

/** First a quiet time, in which the machine runs and AWS answers; then the event. All times in milliseconds. */
export interface Disturbance {
  readonly quietMs: number;
  readonly event: { readonly kind: 'outage' | 'suspend' | 'restart'; readonly ms: number };
}

export interface SimulatedRun {
  /** The least lifetime that was left at any instant at which the machine ran and had done what it could. */
  readonly leastLeftRunningMs: number;
  readonly refreshedAtMs: readonly number[];
}

const retryMs = 5 * 60_000;

/**
 * Steps through a life of one token: it is refreshed when the schedule says so, and after a failure every 5 minutes. A
 * restart loses everything but the two recorded times; a restarted or woken process looks at once.
 */
export function simulateRefresh(input: {
  readonly startMs: number;
  readonly lifetimeMs: number;
  readonly jitterKey: string;
  readonly disturbances: readonly Disturbance[];
}): SimulatedRun {
  const { startMs, lifetimeMs, jitterKey } = input;
  let token = { issuedAtMs: startMs, expiresAtMs: startMs + lifetimeMs };
  let least = lifetimeMs;
  const refreshedAtMs: number[] = [];

  /** Runs the operator over a stretch of time and measures what is left before and after each thing it does. */
  const runOperator = (fromMs: number, toMs: number, awsAnswers: boolean): void => {
    let nowMs = fromMs;
    for (;;) {
      const decision = decideRefresh({ nowMs, ...token, jitterKey });
      if (decision.do && awsAnswers) {
        token = { issuedAtMs: nowMs, expiresAtMs: nowMs + lifetimeMs };
        refreshedAtMs.push(nowMs);
        continue;
      }
      if (!decision.do && decision.atMs <= nowMs)
        throw new Error('the schedule waits for a time that has passed');
      const nextMs = Math.min(toMs, decision.do ? nowMs + retryMs : decision.atMs);
      least = Math.min(least, token.expiresAtMs - nextMs);
      if (nextMs >= toMs) return;
      nowMs = nextMs;
    }
  };

  let nowMs = startMs;
  for (const { quietMs, event } of input.disturbances) {
    runOperator(nowMs, nowMs + quietMs, true);
    nowMs += quietMs;
    if (event.kind === 'outage') runOperator(nowMs, nowMs + event.ms, false);
    // While the process is down the pods still use the Secret; while the machine is suspended nobody does.
    if (event.kind === 'restart') least = Math.min(least, token.expiresAtMs - nowMs - event.ms);
    nowMs += event.ms;
  }
  runOperator(nowMs, nowMs + retryMs, true);
  return { leastLeftRunningMs: least, refreshedAtMs };
}
