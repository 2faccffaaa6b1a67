import type { Outcome } from '../kube/controller-loop.ts';

/** Looks again at the earliest of the times that are given (epoch milliseconds), or when something changes. */
export function lookAt(times: readonly (number | undefined)[], now: number): Outcome {
  const given = times.filter((time) => time !== undefined);
  if (given.length === 0) return { kind: 'done' };
  return { kind: 'requeue', afterMs: Math.max(0, Math.min(...given) - now) };
}
