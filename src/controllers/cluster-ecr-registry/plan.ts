import type { ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { type Stall, stalls } from '../../api/reasons.ts';
import type { Freshness, TokenRequest } from '../../aws/token-source.ts';
import { shortHash } from '../../base/hash.ts';
import type { Identity } from '../../identity/identity.ts';
import { freshnessFor } from '../refresh-request.ts';
import type { RegistryFacts } from '../registry-facts.ts';
import { resolveIdentity } from '../registry-identity.ts';
import { tokensOf, type WantedToken } from '../registry-tokens.ts';

/** What all Secrets of a cluster registry have in common. */
export type FanOutPlan =
  /** Nothing can be written before somebody changes something; the Secrets stay as they are. */
  | { kind: 'stalled'; stall: Stall }
  | {
      kind: 'ready';
      identity: Identity;
      tokens: readonly WantedToken[];
      /** By the id of the token. */
      requests: ReadonlyMap<string, TokenRequest>;
      /** Which tokens and which failures do not do any more. */
      freshness: Required<Freshness>;
    };

/** Pure: from what was observed of a registry to what its Secrets should hold. `now` is epoch milliseconds. */
export function planFanOut(facts: RegistryFacts & { registry: ClusterEcrRegistry }, now: number): FanOutPlan {
  const { registry } = facts;
  if (registry.spec.suspend) return { kind: 'stalled', stall: stalls.suspended() };
  const resolution = resolveIdentity(facts);
  if (resolution.kind === 'stalled') return resolution;
  const { identity } = resolution;
  try {
    const tokens = tokensOf(registry, identity);
    const freshness = freshnessFor(registry.metadata, registry.status?.observedGeneration, now);
    const requests = new Map(tokens.map(({ desired: { id }, request }) => [id, request]));
    return { kind: 'ready', identity, tokens, requests, freshness };
  } catch (error) {
    return { kind: 'stalled', stall: stalls.invalidRegistry((error as Error).message) };
  }
}

/** Equal for plans that leave every Secret as it is; another one is a reason to look at all of them. */
export function fingerprint({ metadata }: ClusterEcrRegistry, plan: FanOutPlan): string {
  const what =
    plan.kind === 'stalled'
      ? [plan.stall.reason]
      : [plan.freshness.notBeforeMs, ...plan.tokens.map(({ desired: { id, hash } }) => [id, hash])];
  return shortHash(JSON.stringify([metadata.uid, metadata.generation, plan.kind, what]));
}
