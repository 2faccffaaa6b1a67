import { type Stall, stalls } from '../api/reasons.ts';
import { refreshAtMs } from '../aws/refresh-schedule.ts';
import type { DesiredSecret, DesiredToken } from '../secrets/desired-secret.ts';
import type { ObservedSecret } from '../secrets/observed-secret.ts';
import type { SecretPlan } from '../secrets/plan.ts';
import { firstExpiry, formatTime, type TokenRecords } from '../secrets/token-records.ts';
import type { SyncResult } from './sync-secret.ts';

/** The plan for a Secret. */
export interface Planned {
  desired: DesiredSecret;
  plan: SecretPlan;
}

/** What a Secret holds after a plan was carried out; nothing where the Secret is somebody else's. */
export function recordsAfter(
  { plan }: Pick<Planned, 'plan'>,
  observed: ObservedSecret | undefined,
  { write }: SyncResult,
): TokenRecords {
  if (write.kind === 'written' || write.kind === 'unchanged') return write.records;
  return plan.kind === 'conflict' || write.kind === 'conflict' ? {} : (observed?.tokens ?? {});
}

/** Why a Secret could not be brought to what it should be, apart from tokens. */
export function syncStall(
  { plan, desired: { namespace, name, nameField } }: Planned,
  { write }: SyncResult,
): Stall | undefined {
  if (plan.kind === 'conflict') {
    const { ownerUid } = plan;
    const found =
      ownerUid === undefined ? 'it has no owner' : `it belongs to the object with UID ${ownerUid}`;
    return stalls.secretConflict(namespace, name, found, nameField);
  }
  if (plan.kind === 'wait') return stalls.secretDeleting(namespace, name);
  if (write.kind === 'conflict') return stalls.secretConflict(namespace, name, write.found, nameField);
  if (write.kind === 'failed') return stalls.writeFailed(namespace, name, write.error.message);
  return undefined;
}

/** Whether the Secret is in somebody else's hands, so that nothing can be done before that changes. */
export function isForeign({ plan }: Pick<Planned, 'plan'>, { write }: SyncResult): boolean {
  return plan.kind === 'conflict' || plan.kind === 'wait' || write.kind === 'conflict';
}

/** What AWS refused: of several failures the one that waits for a user. */
export function tokenStall({ failures }: Pick<SyncResult, 'failures'>): Stall | undefined {
  const all = [...failures].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { failure }]) => failure);
  const first = all.find((failure) => failure.kind === 'terminal') ?? all[0];
  return first && { reason: first.reason, message: first.message };
}

/** When the first of the tokens falls due, in epoch milliseconds. */
export function nextRefresh(tokens: readonly DesiredToken[], records: TokenRecords): number | undefined {
  const times = tokens.flatMap(({ id, tokenKey, lateShare }) => {
    const record = records[id];
    return record === undefined ? [] : [refreshAtMs({ ...record, jitterKey: tokenKey, lateShare })];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A token that was due and got no better is looked at again after so long. */
const retryDueMs = 5_000;

/**
 * When to look at a Secret again without being told, in epoch milliseconds: a token falls due, or AWS may be asked again
 * for one that it refused.
 */
export function nextSecretLook(
  planned: Planned,
  observed: ObservedSecret | undefined,
  result: SyncResult,
  now: number,
): number | undefined {
  const retries = [...result.failures.values()].map((failure) => failure.retryAtMs);
  const due = dueLook(planned, observed, result, now);
  const times = due === undefined ? retries : [...retries, due];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** When the first token falls due of those that AWS did not refuse. */
export function dueLook(
  { desired, plan }: Planned,
  observed: ObservedSecret | undefined,
  result: SyncResult,
  now: number,
): number | undefined {
  const good = desired.tokens.filter((token) => !result.failures.has(token.id));
  const due = nextRefresh(good, recordsAfter({ plan }, observed, result));
  // One that was kept and has fallen due since is looked at at once; one that was asked for in vain is not.
  return due !== undefined && due <= now && plan.kind === 'sync' ? now + retryDueMs : due;
}

/** Says that the old login still works, because that is what a person looks for first. */
export function describeKept(records: TokenRecords, now: number): string {
  const expiry = firstExpiry(records);
  if (expiry === undefined) return '';
  const time = formatTime(expiry);
  return expiry > now
    ? ` (the Secret keeps its login, good until ${time})`
    : ` (the login in the Secret expired at ${time})`;
}
