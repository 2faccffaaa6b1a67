import { microTime } from './micro-time.ts';
import type { KubeObject } from './object.ts';

/** The fields of a Lease that leader election uses; the API leaves each of them open. Times are MicroTime. */
export interface LeaseSpec {
  holderIdentity?: string | null;
  leaseDurationSeconds?: number | null;
  acquireTime?: string | null;
  renewTime?: string | null;
  leaseTransitions?: number | null;
}

export interface Lease extends KubeObject {
  spec?: LeaseSpec;
}

/** What an elector saw in the lease, and when (own monotonic milliseconds) it first saw exactly that. */
export interface Observation {
  readonly record: string;
  readonly holder: string;
  readonly sinceMs: number;
  /** The holder counts as alive until then unless it changes the lease before. */
  readonly aliveUntilMs: number;
}

/** What an elector does next. */
export type LeaseStep =
  | { readonly kind: 'create'; readonly spec: LeaseSpec }
  | { readonly kind: 'write'; readonly spec: LeaseSpec }
  | { readonly kind: 'wait'; readonly holder: string; readonly untilMs: number };

/** Who asks, and for how long it wants the lease. */
export interface Candidate {
  readonly identity: string;
  readonly leaseMs: number;
}

/** The same moment on both clocks of the elector: decisions use `elapsedMs`, the wall clock is only written down. */
export interface Moment {
  readonly elapsedMs: number;
  readonly wallMs: number;
}

/**
 * Takes note of the lease. Only a change of the record proves that its holder lives, dated by our own clock: the times
 * inside are those of the holder's clock, which may be hours off. A lease that vanished tells nothing about its holder.
 */
export function observeLease(
  before: Observation | undefined,
  lease: Lease | undefined,
  nowMs: number,
  defaultLeaseMs: number,
): Observation | undefined {
  if (lease === undefined) return before;
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = lease.spec ?? {};
  const record = JSON.stringify([
    holderIdentity,
    leaseDurationSeconds,
    acquireTime,
    renewTime,
    leaseTransitions,
  ]);
  if (record === before?.record) return before;
  const aliveMs = leaseDurationSeconds ? leaseDurationSeconds * 1000 : defaultLeaseMs;
  return { record, holder: holderIdentity ?? '', sinceMs: nowMs, aliveUntilMs: nowMs + aliveMs };
}

/**
 * Decides between taking or renewing the lease and waiting for another holder. `lease` is the lease as it is now,
 * `seen` the observation of it.
 */
export function nextLeaseStep(
  lease: Lease | undefined,
  seen: Observation | undefined,
  { identity, leaseMs }: Candidate,
  { elapsedMs, wallMs }: Moment,
): LeaseStep {
  const othersLease = seen !== undefined && seen.holder !== '' && seen.holder !== identity;
  // This also holds after the lease was deleted: its holder believes in it until its next renewal.
  if (othersLease && elapsedMs < seen.aliveUntilMs) {
    return { kind: 'wait', holder: seen.holder, untilMs: seen.aliveUntilMs };
  }
  const now = microTime(wallMs);
  const taken: LeaseSpec = {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseMs / 1000),
    acquireTime: now,
    renewTime: now,
    leaseTransitions: 0,
  };
  if (lease === undefined) return { kind: 'create', spec: taken };
  const spec = lease.spec ?? {};
  const transitions = spec.leaseTransitions ?? 0;
  return spec.holderIdentity === identity
    ? {
        kind: 'write',
        spec: { ...taken, acquireTime: spec.acquireTime ?? now, leaseTransitions: transitions },
      }
    : { kind: 'write', spec: { ...taken, leaseTransitions: transitions + 1 } };
}

/** The record of a lease that its holder gives back: free at once, and short-lived for those who look at the duration. */
export function releasedSpec(spec: LeaseSpec, wallMs: number): LeaseSpec {
  const now = microTime(wallMs);
  return { ...spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
}
