import { managerName } from '../api/names.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createKubeClient } from '../kube/client-http.ts';
import { loadCredentials } from '../kube/credentials-load.ts';
import { createTransport } from '../kube/transport.ts';
import type { Flags } from './flags.ts';
import { healthz, readyz } from './health.ts';
import { serve } from './http-servers.ts';
import { createMetrics } from './metrics.ts';
import { createOperator, registrySamples } from './operator.ts';

export interface ProcessDeps {
  flags: Flags;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  log: Log;
  clock?: Clock;
  random?: () => number;
}

/** Runs the operator until the signal aborts; rejects when it cannot go on. */
export async function runProcess(deps: ProcessDeps, signal: AbortSignal): Promise<void> {
  const { flags, env, version, log, clock = systemClock, random = Math.random } = deps;
  const metrics = createMetrics(
    () => registrySamples(operator.controller.registries()),
    () => clock.now(),
  );
  const kubeconfig = flags.kubeconfig === '' ? undefined : flags.kubeconfig;
  const credentials = await loadCredentials({ kubeconfig, env, clock, log });
  const userAgent = `${managerName}/${version}`;
  const transport = createTransport({
    credentials,
    clock,
    random,
    userAgent,
    onRequest: metrics.kubeRequest,
  });
  const client = createKubeClient(transport, clock);
  const events = { record() {} };
  const operator = createOperator(flags, { client, events, metrics, clock, random, log });
  const facts = {
    lastProgressMs: () => operator.workers.lastProgressMs(),
    cachesSynced: () => operator.controller.hasSynced(),
    now: () => clock.now(),
  };
  const servers = [
    await serve('health-probe-bind-address', flags.healthProbeBindAddress, {
      '/healthz': healthz(facts),
      '/readyz': readyz(facts),
    }),
    await serve('metrics-bind-address', flags.metricsBindAddress, {
      '/metrics': async () => ({
        status: 200,
        type: metrics.registry.contentType,
        body: await metrics.registry.metrics(),
      }),
    }),
  ];
  try {
    const stopCaches = new AbortController();
    const caches = operator.controller.runCaches(stopCaches.signal);
    metrics.leader(true);
    await operator.work(signal);
    stopCaches.abort();
    await caches;
  } finally {
    for (const server of servers) await server?.close();
    transport.close();
  }
}
