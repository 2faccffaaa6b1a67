import { annotations } from '../../api/names.ts';
import { type Stall, stalls } from '../../api/reasons.ts';
import type { Identity } from '../../identity/identity.ts';
import { planSecret, type SecretPlan } from '../../secrets/plan.ts';
import { wantedOf, type Wanted } from './desired.ts';
import { resolveIdentity } from './resolve-identity.ts';
import type { World } from './world.ts';

/** What to do about a registry. */
export type Decision =
  /** Nothing can be done before somebody changes something. */
  | { kind: 'stalled'; stall: Stall }
  | {
      kind: 'proceed';
      identity: Identity;
      wanted: Wanted;
      plan: SecretPlan;
      /** Tokens issued before this time do not do; 0 when nobody asked. */
      notBeforeMs: number;
    };

/** Pure: from what was observed to what to do. `now` is epoch milliseconds. */
export function decide(world: World, now: number): Decision {
  const { registry } = world;
  if (registry.spec.suspend) return { kind: 'stalled', stall: stalls.suspended() };
  const resolution = resolveIdentity(world);
  if (resolution.kind === 'stalled') return resolution;
  const { identity } = resolution;
  let wanted: Wanted;
  try {
    wanted = wantedOf(registry, identity);
  } catch (error) {
    return { kind: 'stalled', stall: stalls.invalidRegistry((error as Error).message) };
  }
  const requestedAt = refreshRequestedAt(world);
  // A request for a time to come counts from then on.
  const notBeforeMs = requestedAt <= now ? requestedAt : 0;
  const plan = planSecret({
    desired: wanted.secret,
    observed: world.secret,
    now,
    refreshRequestedAtMs: notBeforeMs === 0 ? undefined : notBeforeMs,
  });
  return { kind: 'proceed', identity, wanted, plan, notBeforeMs };
}

/** Epoch milliseconds of the annotation that asks for a refresh; 0 without a readable one. */
export function refreshRequestedAt({ registry }: World): number {
  const text = registry.metadata.annotations?.[annotations.refreshRequestedAt];
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? 0 : ms;
}
