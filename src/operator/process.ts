import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { managerName } from '../api/names.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { monotonicClock } from '../base/elapsed-clock.ts';
import type { Log } from '../base/log.ts';
import { createKubeClient } from '../kube/client-http.ts';
import type { KubeClient } from '../kube/client.ts';
import { loadCredentials } from '../kube/credentials-load.ts';
import { LeaderElector, LeadershipLostError } from '../kube/leader-election.ts';
import { createTransport, type Transport } from '../kube/transport.ts';
import type { Flags } from './flag-table.ts';
import { healthz, readyz } from './health.ts';
import { serve } from './http-servers.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOperator, type Operator, registrySamples } from './operator.ts';

export interface ProcessOptions {
  flags: Flags;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  log: Log;
  clock?: Clock;
  random?: () => number;
}

type Context = Required<ProcessOptions>;

/** Runs the operator until the signal aborts; rejects when it cannot start or has lost its lease. */
export async function runProcess(options: ProcessOptions, stop: AbortSignal): Promise<void> {
  const context: Context = { clock: systemClock, random: Math.random, ...options };
  const { flags, clock, random, log } = context;
  const metrics = createMetrics(
    () => registrySamples(operator.controller.registries()),
    () => clock.now(),
  );
  const transport = await connect(context, metrics);
  const client = createKubeClient(transport, clock);
  const events = { record() {} };
  const operator = createOperator(flags, { client, events, metrics, clock, random, log });
  const servers = await startServers(flags, operator, metrics, clock);
  const stopCaches = new AbortController();
  const caches = operator.controller.runCaches(stopCaches.signal);
  try {
    await (flags.leaderElect
      ? leadAndWork(context, client, operator, metrics, stop)
      : workAlone(operator, metrics, stop));
  } finally {
    stopCaches.abort();
    await caches;
    await Promise.all(servers.map((server) => server?.close()));
    transport.close();
  }
}

async function connect(
  { flags, env, version, log, clock, random }: Context,
  metrics: Metrics,
): Promise<Transport> {
  const kubeconfig = flags.kubeconfig === '' ? undefined : flags.kubeconfig;
  const credentials = await loadCredentials({ kubeconfig, env, clock, log });
  const userAgent = `${managerName}/${version}`;
  return createTransport({ credentials, clock, random, userAgent, onRequest: metrics.kubeRequest });
}

function startServers(
  flags: Flags,
  operator: Operator,
  metrics: Metrics,
  clock: Clock,
): ReturnType<typeof serveAll> {
  const facts = {
    lastProgressMs: () => operator.lastProgressMs(),
    cachesSynced: () => operator.controller.hasSynced(),
    now: () => clock.now(),
  };
  return serveAll(flags, facts, metrics);
}

async function serveAll(flags: Flags, facts: Parameters<typeof healthz>[0], { registry }: Metrics) {
  const metricsPage = async () => ({
    status: 200,
    type: registry.contentType,
    body: await registry.metrics(),
  });
  return [
    await serve('health-probe-bind-address', flags.healthProbeBindAddress, {
      '/healthz': healthz(facts),
      '/readyz': readyz(facts),
    }),
    await serve('metrics-bind-address', flags.metricsBindAddress, { '/metrics': metricsPage }),
  ];
}

async function workAlone(operator: Operator, metrics: Metrics, stop: AbortSignal): Promise<void> {
  metrics.leader(true);
  await operator.work(stop, new AbortController().signal);
}

/** Stopping finishes what is under way and then gives the lease back; a lost lease ends everything at once. */
async function leadAndWork(
  { flags, env, clock, random, log }: Context,
  client: KubeClient,
  operator: Operator,
  metrics: Metrics,
  stop: AbortSignal,
): Promise<void> {
  metrics.leader(false);
  const elector = new LeaderElector({
    client,
    clock,
    elapsed: monotonicClock,
    random,
    log,
    identity: `${env['POD_NAME'] ?? hostname()}_${randomUUID()}`,
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

function leaseNamespace(flags: Flags, env: Context['env']): string {
  const namespace = flags.leaderElectionNamespace || env['POD_NAMESPACE'];
  if (namespace) return namespace;
  throw new Error(
    'the namespace of the Lease is not known: set --leader-election-namespace or POD_NAMESPACE, or --leader-elect=false',
  );
}
