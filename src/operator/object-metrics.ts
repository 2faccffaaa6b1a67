import { Gauge, type Registry } from 'prom-client';

/** What `/metrics` says about one object. */
export interface Sample {
  kind: 'registry' | 'pipeline' | 'cluster_registry';
  /** Undefined for a cluster-scoped object. */
  namespace: string | undefined;
  name: string;
  ready: boolean;
  /** Epoch milliseconds; undefined without a token. */
  expiresAtMs: number | undefined;
  /** Secrets of a cluster registry. */
  targets?: { desired: number; ready: number; failed: number } | undefined;
}

/** Gauges per object are computed when they are asked for, from what the watch shows. */
export function registerObjectMetrics(
  register: Registry,
  prefix: string,
  samples: () => Iterable<Sample>,
  now: () => number,
): void {
  for (const kind of ['registry', 'pipeline', 'cluster_registry'] as const) {
    const gaugeOf = (name: string, help: string, value: (sample: Sample) => number | undefined): void =>
      addGauge({ register, name: `${prefix}${kind}_${name}`, help, kind, samples, value });
    const object = kind.replace('_', ' ');
    gaugeOf(
      'seconds_to_expiry',
      `Seconds until the first token in a Secret of a ${object} expires; negative when it has.`,
      ({ expiresAtMs }) => (expiresAtMs === undefined ? undefined : (expiresAtMs - now()) / 1000),
    );
    gaugeOf('ready', `1 when the condition Ready of a ${object} is True.`, ({ ready }) => (ready ? 1 : 0));
    if (kind !== 'cluster_registry') continue;
    gaugeOf('targets_desired', 'Namespaces that a cluster registry selects.', (s) => s.targets?.desired);
    gaugeOf(
      'targets_ready',
      'Namespaces with a fresh Secret of a cluster registry.',
      (s) => s.targets?.ready,
    );
    gaugeOf(
      'targets_failed',
      'Namespaces whose Secret cannot be written: see the status of the cluster registry.',
      (s) => s.targets?.failed,
    );
  }
}

interface ObjectGauge {
  register: Registry;
  name: string;
  help: string;
  kind: Sample['kind'];
  samples: () => Iterable<Sample>;
  value: (sample: Sample) => number | undefined;
}

function addGauge({ register, name, help, kind, samples, value }: ObjectGauge): void {
  new Gauge({
    name,
    help,
    labelNames: kind === 'cluster_registry' ? ['name'] : ['namespace', 'name'],
    registers: [register],
    collect() {
      this.reset();
      for (const sample of samples()) {
        const current = sample.kind === kind ? value(sample) : undefined;
        if (current === undefined) continue;
        const { namespace, name: object } = sample;
        this.set({ ...(namespace === undefined ? {} : { namespace }), name: object }, current);
      }
    },
  });
}
