import type { Log } from '../base/log.ts';
import type { KubeClient } from '../kube/client.ts';
import { LeaderElector, LeadershipLostError } from '../kube/leader-election.ts';
import type { Flags } from './flag-table.ts';
import type { Metrics } from './metrics.ts';
import type { Clocks } from './clocks.ts';
import type { Operator } from './operator.ts';

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

/** Stopping finishes what is under way and then gives the lease back; a lost lease ends everything at once. */
export async function leadAndWork(leading: Leading, stop: AbortSignal): Promise<void> {
  const { flags, env, clocks, random, log, client, operator, metrics, identity } = leading;
  metrics.leader(false);
  const elector = new LeaderElector({
    client,
    clock: clocks.wall,
    elapsed: clocks.elapsed,
    random,
    log,
    identity,
    namespace: leaseNamespace(flags, env),
    name: flags.leaderElectionId,
  });
  await elector.run(stop, async (working) => {
    metrics.leader(true);
    const abandon = new AbortController();
    working.addEventListener('abort', () => {
      metrics.leader(false);
      if (working.reason instanceof LeadershipLostError) abandon.abort(working.reason);
    });
    await operator.work(working, abandon.signal);
  });
}

function leaseNamespace(flags: Flags, env: Leading['env']): string {
  const namespace = flags.leaderElectionNamespace || env['POD_NAMESPACE'];
  if (namespace) return namespace;
  throw new Error(
    'the namespace of the Lease is not known: set --leader-election-namespace or POD_NAMESPACE, or --leader-elect=false',
  );
}
