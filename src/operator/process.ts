import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { group, managerName } from '../api/names.ts';
import { sleep } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createKubeClient } from '../kube/client-http.ts';
import { loadCredentials } from '../kube/credentials-load.ts';
import { EventRecorder } from '../kube/events.ts';
import { limitWrites } from '../kube/limited-client.ts';
import { createTransport } from '../kube/transport.ts';
import type { RequestRecord, TransportOptions } from '../kube/transport-request.ts';
import { WriteLimit } from '../kube/write-limit.ts';
import { type Clocks, systemClocks } from './clocks.ts';
import type { Flags } from './flag-table.ts';
import { collectWhenIdle } from './idle-collection.ts';
import { leadAndWork } from './leading.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createOperator, type Operator } from './operator.ts';
import { samplesOf } from './samples.ts';
import { startServers } from './servers.ts';

export interface ProcessOptions {
  flags: Flags;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  log: Log;
  clocks?: Clocks;
  random?: () => number;
}

type Context = Required<ProcessOptions>;

/** Events are a courtesy: a process that ends waits so long for the last ones. */
const lastEventsMs = 1_000;

/** Runs the operator until the signal aborts; rejects when it cannot start or has lost its lease. */
export async function runProcess(options: ProcessOptions, stop: AbortSignal): Promise<void> {
  const context: Context = { clocks: systemClocks, random: Math.random, ...options };
  const { flags, env, clocks, random, log } = context;
  const clock = clocks.wall;
  const metrics = createMetrics(
    () => samplesOf(operator.view),
    () => clock.now(),
  );
  const writes = new WriteLimit({ clock: clocks.schedule, max: flags.workers });
  const connection = await connectionOf(context, metrics, writes);
  // Reads find a connection although every write that is allowed is under way.
  const transport = createTransport({ ...connection, maxSockets: flags.workers + 16 });
  // Leases wait behind nothing: whoever cannot renew them in time must not work any more.
  const leaseTransport = createTransport({ ...connection, maxSockets: 2 });
  const client = createKubeClient(transport, clock);
  const leaseClient = createKubeClient(leaseTransport, clock);
  const identity = processIdentity(env);
  const reporter = { controller: `${group}/${managerName}`, instance: identity };
  const events = new EventRecorder({ client, clock, random, log, reporter });
  const clusterIdentityNamespace = flags.clusterIdentityNamespace || (env['POD_NAMESPACE'] ?? '');
  const operator = createOperator(
    { ...flags, clusterIdentityNamespace },
    {
      client: limitWrites(client, writes),
      events,
      metrics,
      clock,
      schedule: clocks.schedule,
      random,
      log,
      env,
    },
  );
  const servers = await startServers(flags, operator, metrics.registry, clocks.schedule);
  const stopCaches = new AbortController();
  const caches = operator.view.run(stopCaches.signal);
  const collect = globalThis.gc;
  const idle = {
    clock: clocks.schedule,
    worked: () => operator.runs(),
    collect: collect && (() => collect()),
  };
  collectWhenIdle(idle, stopCaches.signal);
  try {
    await (flags.leaderElect
      ? leadAndWork({ ...context, client: leaseClient, operator, metrics, identity }, stop)
      : workAlone(flags, operator, metrics, stop));
  } finally {
    stopCaches.abort();
    await caches;
    await Promise.race([events.flush(), sleep(clock, lastEventsMs)]);
    await Promise.all(servers.map((server) => server.close()));
    transport.close();
    leaseTransport.close();
  }
}

/** What all connections to the API server have in common. */
async function connectionOf(
  { flags, env, version, log, clocks, random }: Context,
  metrics: Metrics,
  writes: WriteLimit,
): Promise<TransportOptions> {
  const kubeconfig = flags.kubeconfig === '' ? undefined : flags.kubeconfig;
  const clock = clocks.wall;
  const credentials = await loadCredentials({ kubeconfig, env, clock, log });
  const userAgent = `${managerName}/${version}`;
  const onRequest = (request: RequestRecord): void => {
    metrics.kubeRequest(request);
    writes.observe(request);
  };
  return { credentials, clock, random, userAgent, onRequest };
}

async function workAlone(
  flags: Flags,
  operator: Operator,
  metrics: Metrics,
  stop: AbortSignal,
): Promise<void> {
  metrics.leases(flags.shards);
  const never = new AbortController().signal;
  await Promise.all(Array.from({ length: flags.shards }, (_, shard) => operator.work(shard, stop, never)));
}

/** Unique per process, also where several share a host name. */
function processIdentity(env: Context['env']): string {
  return `${env['POD_NAME'] ?? hostname()}_${randomUUID()}`;
}
