import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AwsCallObserver } from '../aws/sdk.ts';
import type { QueueObserver } from '../kube/work-queue.ts';
import { registerObjectMetrics, type Sample } from './object-metrics.ts';

const prefix = 'ecr_operator_';
const latencyBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of the operator. Names are part of its interface: see docs/metrics.md. */
export interface Metrics {
  registry: Registry;
  awsCall: AwsCallObserver;
  tokenIssued(api: 'private' | 'public'): void;
  kubeRequest(request: { method: string; resource: string; status: number; seconds: number }): void;
  queue(kind: string): QueueObserver;
  reconciled(kind: string, outcome: string): void;
  /** How many leases this process holds. */
  leases(held: number): void;
  /** `stage` is the one that failed, or ''. */
  verified(end: { kind: string; result: 'ok' | 'failed'; stage: string }): void;
}

export function createMetrics(samples: () => Iterable<Sample>, now: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: prefix + name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: prefix + name, help, labelNames, registers: [registry] });
  const histogram = (name: string, help: string, labelNames: string[]) =>
    new Histogram({ name: prefix + name, help, labelNames, buckets: latencyBuckets, registers: [registry] });

  const awsCalls = counter(
    'aws_calls_total',
    'Calls to AWS by operation, region and code (OK or an error code).',
    ['operation', 'region', 'code'],
  );
  const awsSeconds = histogram(
    'aws_call_duration_seconds',
    'Duration of calls to AWS, retries of the SDK included.',
    ['operation'],
  );
  const tokens = counter(
    'tokens_issued_total',
    'Authorization tokens that ECR (private) and ECR Public (public) issued.',
    ['api'],
  );
  const kubeCalls = counter(
    'kube_requests_total',
    'Requests to the Kubernetes API by method, resource and status code.',
    ['method', 'resource', 'code'],
  );
  const kubeSeconds = histogram(
    'kube_request_duration_seconds',
    'Duration of requests to the Kubernetes API.',
    ['method'],
  );
  const depth = gauge('workqueue_depth', 'Objects that wait to be worked on.', ['kind']);
  const waiting = histogram('workqueue_queue_duration_seconds', 'How long objects wait to be worked on.', [
    'kind',
  ]);
  const working = histogram('workqueue_work_duration_seconds', 'How long objects are worked on.', ['kind']);
  const outcomes = counter(
    'reconcile_total',
    'Reconciles by outcome: done, requeue, retry, stalled, error or aborted.',
    ['kind', 'outcome'],
  );
  const leader = gauge(
    'leader',
    'Leases that this process holds: 1 as the leader, or where it needs none; up to --shards.',
  );
  const verifications = counter(
    'verifications_total',
    'Verifications by result, ok or failed, and the stage that failed.',
    ['kind', 'result', 'stage'],
  );
  registerObjectMetrics(registry, prefix, samples, now);

  return {
    registry,
    awsCall({ operation, region, code, seconds }) {
      awsCalls.inc({ operation, region, code });
      awsSeconds.observe({ operation }, seconds);
    },
    tokenIssued: (api) => tokens.inc({ api }),
    kubeRequest({ method, resource, status, seconds }) {
      kubeCalls.inc({ method, resource, code: String(status) });
      kubeSeconds.observe({ method }, seconds);
    },
    queue: (kind) => ({
      depth: depthOfOneQueue(depth, kind),
      queueLatency: (seconds) => waiting.observe({ kind }, seconds),
      workDuration: (seconds) => working.observe({ kind }, seconds),
    }),
    reconciled: (kind, outcome) => outcomes.inc({ kind, outcome }),
    leases: (held) => leader.set(held),
    verified: (end) => verifications.inc(end),
  };
}

/** Each shard has a queue of a kind; the gauge shows them together. */
function depthOfOneQueue(gauge: Gauge, kind: string): (keys: number) => void {
  let before = 0;
  return (keys) => {
    gauge.inc({ kind }, keys - before);
    before = keys;
  };
}
