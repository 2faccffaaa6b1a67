import type { Registry } from 'prom-client';
import type { Clock } from '../base/clock.ts';
import type { Flags } from './flag-table.ts';
import { healthz, readyz } from './health.ts';
import { serve, type Serving } from './http-servers.ts';
import type { Operator } from './operator.ts';

/** Starts what the kubelet and Prometheus ask; rejects when an address cannot be had. */
export async function startServers(
  flags: Flags,
  operator: Operator,
  metrics: Registry,
  schedule: Clock,
): Promise<Serving[]> {
  const facts = {
    lastProgressMs: () => operator.lastProgressMs(),
    cachesSynced: () => operator.view.hasSynced(),
    now: () => schedule.now(),
  };
  const probes = { '/healthz': healthz(facts), '/readyz': readyz(facts) };
  const page = async () => ({ status: 200, type: metrics.contentType, body: await metrics.metrics() });
  return [
    await serve('health-probe-bind-address', flags.healthProbeBindAddress, probes),
    await serve('metrics-bind-address', flags.metricsBindAddress, { '/metrics': page }),
  ];
}
