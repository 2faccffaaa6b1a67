import { type Stall, stalls } from '../../api/reasons.ts';
import type { Identity } from '../../identity/identity.ts';
import type { TokenRequest } from '../../aws/token-source.ts';
import type { DesiredSecret } from '../../secrets/desired-secret.ts';
import { planSecret, type SecretPlan } from '../../secrets/plan.ts';
import { wantedOf, type Wanted } from './desired.ts';
import { requestedAt } from '../refresh-request.ts';
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
  const notBeforeMs = requestedAt(registry.metadata.annotations, now);
  const plan = planSecret({
    desired: wanted.desired,
    observed: world.secret,
    now,
    refreshRequestedAtMs: notBeforeMs === 0 ? undefined : notBeforeMs,
  });
  return { kind: 'proceed', identity, ...wanted, plan, notBeforeMs };
}
