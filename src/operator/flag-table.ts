/** The settings of the process, from flags and environment. */
export interface Flags {
  kubeconfig: string;
  watchNamespace: string;
  runtimeServiceAccount: string;
  allowOperatorIdentity: boolean;
  clusterIdentityNamespace: string;
  leaderElect: boolean;
  leaderElectionNamespace: string;
  leaderElectionId: string;
  metricsBindAddress: string;
  healthProbeBindAddress: string;
  workers: number;
  shards: number;
  stsMaxRate: number;
  ecrMaxRate: number;
  logLevel: string;
}

/** One flag, its variable, and its place in the help. */
export interface Flag {
  name: string;
  key: keyof Flags;
  default: string;
  /** Shown in `--help` behind the name; absent for a switch. */
  value?: string;
  help: string;
  /** The value is a whole number in this range. */
  number?: [from: number, to: number];
  /** What is wrong with a value, or undefined. */
  check?: (value: string) => string | undefined;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error'];
const dnsName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const nameOrEmpty = (value: string): string | undefined =>
  value === '' || dnsName.test(value) ? undefined : 'is no name of a Kubernetes object';
const bindAddress = (value: string): string | undefined =>
  value === '0' || (/^\S*:\d{1,5}$/.test(value) && Number(value.slice(value.lastIndexOf(':') + 1)) <= 65_535)
    ? undefined
    : 'is no address: write :8080, 127.0.0.1:8080, or 0 to turn it off';

/** All flags, in the order of `--help`. */
export const flagTable: readonly Flag[] = [
  {
    name: 'kubeconfig',
    key: 'kubeconfig',
    default: '',
    value: 'file',
    help: 'Kubeconfig to use. Default: $KUBECONFIG, else the service account of the pod.',
  },
  {
    name: 'watch-namespace',
    key: 'watchNamespace',
    default: '',
    value: 'name',
    help: 'Namespace to work in. Default: all.',
    check: nameOrEmpty,
  },
  {
    name: 'runtime-service-account',
    key: 'runtimeServiceAccount',
    default: '',
    value: 'name',
    help: "Service account of the runtime level, in each registry's own namespace, where the registry names none. Default: none.",
    check: nameOrEmpty,
  },
  {
    name: 'allow-operator-identity',
    key: 'allowOperatorIdentity',
    default: 'false',
    help: "Let namespaced objects use the operator's own AWS identity (credentials.source Operator).",
  },
  {
    name: 'cluster-identity-namespace',
    key: 'clusterIdentityNamespace',
    default: '',
    value: 'name',
    help: 'Where the service accounts and key Secrets of every ClusterEcrRegistry live. Default: $POD_NAMESPACE.',
    check: nameOrEmpty,
  },
  {
    name: 'leader-elect',
    key: 'leaderElect',
    default: 'true',
    help: 'Work only while holding a Lease, so that several replicas can run.',
  },
  {
    name: 'leader-election-namespace',
    key: 'leaderElectionNamespace',
    default: '',
    value: 'name',
    help: 'Namespace of the Lease. Default: $POD_NAMESPACE.',
    check: nameOrEmpty,
  },
  {
    name: 'leader-election-id',
    key: 'leaderElectionId',
    default: 'ecr-operator',
    value: 'name',
    help: 'Name of the Lease.',
    check: (v) => (dnsName.test(v) ? undefined : 'is no name of a Kubernetes object'),
  },
  {
    name: 'metrics-bind-address',
    key: 'metricsBindAddress',
    default: ':8080',
    value: 'address',
    help: 'Where /metrics is served; 0 turns it off.',
    check: bindAddress,
  },
  {
    name: 'health-probe-bind-address',
    key: 'healthProbeBindAddress',
    default: ':8081',
    value: 'address',
    help: 'Where /healthz and /readyz are served; 0 turns them off.',
    check: bindAddress,
  },
  {
    name: 'workers',
    key: 'workers',
    default: '32',
    value: 'n',
    help: 'How many objects are worked on at the same time, 1 to 256.',
    number: [1, 256],
  },
  {
    name: 'shards',
    key: 'shards',
    default: '1',
    value: 'n',
    help: 'Parts that the work is split into by namespace and cluster registry, 1 to 64. Each has a Lease <id>-<n>, so that replicas share the work. The same for all replicas.',
    number: [1, 64],
  },
  {
    name: 'sts-max-rate',
    key: 'stsMaxRate',
    default: '400',
    value: 'n',
    help: 'Most STS calls per second for one account and region. Starts at 100, halves when AWS throttles.',
    number: [1, 10_000],
  },
  {
    name: 'ecr-max-rate',
    key: 'ecrMaxRate',
    default: '400',
    value: 'n',
    help: 'Most ECR calls per second for one account and region. Starts at 50, halves when AWS throttles.',
    number: [1, 10_000],
  },
  {
    name: 'log-level',
    key: 'logLevel',
    default: 'info',
    value: 'level',
    help: `Least level to log: ${logLevels.join(', ')}.`,
    check: (v) => (logLevels.includes(v) ? undefined : `is none of ${logLevels.join(', ')}`),
  },
];

/** Environment variable of a flag, such as ECR_OPERATOR_LOG_LEVEL. */
export function environmentName(flag: string): string {
  return `ECR_OPERATOR_${flag.replaceAll('-', '_').toUpperCase()}`;
}

/** A flag that is on or off. */
export function isSwitch(flag: Flag): boolean {
  return flag.value === undefined;
}
