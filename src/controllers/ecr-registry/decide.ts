import { type Stall, stalls } from '../../api/reasons.ts';
import type { Identity } from '../../identity/identity.ts';
import type { Freshness, TokenRequest } from '../../aws/token-source.ts';
import type { DesiredSecret } from '../../secrets/desired-secret.ts';
import { planSecret, type SecretPlan } from '../../secrets/plan.ts';
import { wantedOf, type Wanted } from './desired.ts';
import { freshnessFor } from '../refresh-request.ts';
import { resolveIdentity } from '../registry-identity.ts';
import type { World } from './world.ts';

/** What to do about a registry. */
export type Decision =
  /** Nothing can be done before somebody changes something. */
  | { kind: 'stalled'; stall: Stall }
  | {
      kind: 'proceed';
      identity: Identity;
      desired: DesiredSecret;
      /** By the id of the token. */
      requests: ReadonlyMap<string, TokenRequest>;
      plan: SecretPlan;
      /** Which tokens and which failures do not do any more. */
      freshness: Required<Freshness>;
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
  const freshness = freshnessFor(registry.metadata, registry.status?.observedGeneration, now);
  const plan = planSecret({
    desired: wanted.desired,
    observed: world.secret,
    now,
    refreshRequestedAtMs: freshness.notBeforeMs,
  });
  return { kind: 'proceed', identity, ...wanted, plan, freshness };
}
