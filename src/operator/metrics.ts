import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AwsCallObserver } from '../aws/sdk.ts';
import type { QueueObserver } from '../kube/work-queue.ts';

const prefix = 'ecr_operator_';
const latencyBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What `/metrics` says about one object. */
export interface Sample {
  kind: 'registry' | 'pipeline';
  namespace: string;
  name: string;
  ready: boolean;
  /** Epoch milliseconds; undefined without a token. */
  expiresAtMs: number | undefined;
}

/** The metrics of the operator. Names are part of its interface: see docs/metrics.md. */
export interface Metrics {
  registry: Registry;
  awsCall: AwsCallObserver;
  tokenIssued(api: 'private' | 'public'): void;
  kubeRequest(request: { method: string; resource: string; status: number; seconds: number }): void;
  queue(kind: string): QueueObserver;
  reconciled(kind: string, outcome: string): void;
  leader(leading: boolean): void;
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
    'Reconciles by outcome: done, requeue, stalled, error or aborted.',
    ['kind', 'outcome'],
  );
  const leader = gauge('leader', '1 while this process holds the Lease, or needs none.');
  registerSamples(registry, 'registry', samples, now);
  registerSamples(registry, 'pipeline', samples, now);

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
      depth: (keys) => depth.set({ kind }, keys),
      queueLatency: (seconds) => waiting.observe({ kind }, seconds),
      workDuration: (seconds) => working.observe({ kind }, seconds),
    }),
    reconciled: (kind, outcome) => outcomes.inc({ kind, outcome }),
    leader: (leading) => leader.set(leading ? 1 : 0),
  };
}

/** Gauges per object are computed when they are asked for, from what the watch shows. */
function registerSamples(
  registry: Registry,
  kind: Sample['kind'],
  samples: () => Iterable<Sample>,
  now: () => number,
): void {
  const gaugeOf = (name: string, help: string, value: (sample: Sample) => number | undefined): Gauge =>
    new Gauge({
      name: `${prefix}${kind}_${name}`,
      help,
      labelNames: ['namespace', 'name'],
      registers: [registry],
      collect() {
        this.reset();
        for (const sample of samples()) {
          const { namespace, name: object } = sample;
          const current = sample.kind === kind ? value(sample) : undefined;
          if (current !== undefined) this.set({ namespace, name: object }, current);
        }
      },
    });
  gaugeOf(
    'seconds_to_expiry',
    `Seconds until the first token in a Secret of a ${kind} expires; negative when it has.`,
    ({ expiresAtMs }) => (expiresAtMs === undefined ? undefined : (expiresAtMs - now()) / 1000),
  );
  gaugeOf('ready', `1 when the condition Ready of a ${kind} is True.`, ({ ready }) => (ready ? 1 : 0));
}
