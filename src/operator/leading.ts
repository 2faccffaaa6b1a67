import { allEnded } from '../base/all-ended.ts';
import type { Log } from '../base/log.ts';
import type { KubeClient } from '../kube/client.ts';
import { LeaderElector, LeadershipLostError } from '../kube/leader-election.ts';
import type { Flags } from './flag-table.ts';
import { FairShare } from './fair-share.ts';
import type { Metrics } from './metrics.ts';
import type { Clocks } from './clocks.ts';
import type { Operator } from './operator.ts';
import { leaseOfShard } from './shards.ts';

export interface Leading {
  flags: Flags;
  env: Readonly<Record<string, string | undefined>>;
  clocks: Clocks;
  random: () => number;
  log: Log;
  client: KubeClient;
  operator: Operator;
  metrics: Metrics;
  identity: string;
}

/**
 * Takes part in the election of each shard. Stopping finishes what is under way and then gives the leases back; one that is
 * lost ends everything: what belongs to it at once, the rest in good order.
 */
export async function leadAndWork(leading: Leading, stop: AbortSignal): Promise<void> {
  const { flags, clocks, metrics } = leading;
  metrics.leases(0);
  const turns = flags.shards === 1 ? undefined : new FairShare(clocks.elapsed);
  const lost = new AbortController();
  const end = AbortSignal.any([stop, lost.signal]);
  const held = new Set<number>();
  const lead = async (shard: number): Promise<void> => {
    const elector = electorOf(leading, shard, turns);
    const work = (working: AbortSignal): Promise<void> => workAsLeader(leading, shard, held, working);
    await elector.run(end, work).catch((error: unknown) => {
      lost.abort(error);
      throw error;
    });
  };
  await allEnded(Array.from({ length: flags.shards }, (_, shard) => lead(shard)));
}

function electorOf(leading: Leading, shard: number, turns: FairShare | undefined): LeaderElector {
  const { flags, env, clocks, random, log, client, identity } = leading;
  return new LeaderElector({
    client,
    clock: clocks.wall,
    elapsed: clocks.elapsed,
    random,
    log,
    identity,
    namespace: leaseNamespace(flags, env),
    name: leaseOfShard(flags.leaderElectionId, shard, flags.shards),
    turns,
  });
}

async function workAsLeader(
  { operator, metrics }: Leading,
  shard: number,
  held: Set<number>,
  working: AbortSignal,
): Promise<void> {
  held.add(shard);
  metrics.leases(held.size);
  const abandon = new AbortController();
  working.addEventListener('abort', () => {
    held.delete(shard);
    metrics.leases(held.size);
    if (working.reason instanceof LeadershipLostError) abandon.abort(working.reason);
  });
  await operator.work(shard, working, abandon.signal);
}

function leaseNamespace(flags: Flags, env: Leading['env']): string {
  const namespace = flags.leaderElectionNamespace || env['POD_NAMESPACE'];
  if (namespace) return namespace;
  throw new Error(
    'the namespace of the Lease is not known: set --leader-election-namespace or POD_NAMESPACE, or --leader-elect=false',
  );
}
