import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import { firstExpiry, type TokenRecords } from '../../secrets/token-records.ts';
import type { TargetState } from './fan-out.ts';

/** One object for all Secrets that hold nothing, as those that hold the same share theirs. */
const nothing: TokenRecords = {};

export function pending(records: TokenRecords = nothing): TargetState {
  return { kind: 'pending', records };
}

/** How a Secret is, going by its metadata alone. */
export function stateOf(ownerUid: string, secret: ObservedSecret | undefined, now: number): TargetState {
  if (secret?.ownerUid !== ownerUid || secret.deleting) return pending();
  const kind = (firstExpiry(secret.tokens) ?? 0) > now ? 'ready' : 'pending';
  return { kind, records: secret.tokens };
}
