import type { Handler } from './http-servers.ts';

/** What the probes ask about. Times are epoch milliseconds of the clock that is passed in. */
export interface HealthFacts {
  /** When a worker last finished an object or was idle. */
  lastProgressMs(): number;
  cachesSynced(): boolean;
  now(): number;
}

/** A worker that is stuck for longer than any call may take will not come back by itself. */
const stuckAfterMs = 5 * 60_000;

/** `/healthz` fails when the work does not go on, so that the kubelet restarts the process. */
export function healthz({ lastProgressMs, now }: HealthFacts): Handler {
  return () => {
    const idleMs = now() - lastProgressMs();
    return idleMs > stuckAfterMs
      ? { status: 500, body: `no progress for ${Math.round(idleMs / 1000)} s\n` }
      : { status: 200, body: 'ok\n' };
  };
}

/** `/readyz` succeeds once the caches have been filled; a standby is ready too. */
export function readyz({ cachesSynced }: HealthFacts): Handler {
  return () =>
    cachesSynced() ? { status: 200, body: 'ok\n' } : { status: 503, body: 'the caches are not filled yet\n' };
}
