import { type Stall, stalls } from '../../api/reasons.ts';
import type { WantedToken } from '../registry-tokens.ts';
import type { PipelineRegistry } from './winners.ts';

/** A registry that a Secret logs in to, under the name that the pipeline has for it. */
export interface WantedRegistry {
  name: string;
  registry: PipelineRegistry;
  tokens: readonly WantedToken[];
}

/**
 * Registries that share a host with one of higher priority: a docker config has one login for each host. Takes them in
 * ascending priority; hosts that are not known before AWS answers are left out.
 */
export function hostLosers(inOrder: readonly Omit<WantedRegistry, 'registry'>[]): ReadonlyMap<string, Stall> {
  const owner = new Map<string, string>();
  const losers = new Map<string, Stall>();
  for (const { name, tokens } of inOrder.toReversed()) {
    for (const host of tokens.flatMap(({ desired }) => desired.hostsFor(undefined))) {
      const winner = owner.get(host);
      if (winner === undefined) owner.set(host, name);
      else if (winner !== name && !losers.has(name)) losers.set(name, stalls.hostTaken(name, host, winner));
    }
  }
  return losers;
}
