import { parseArgs } from 'node:util';

/** The settings of the process, from flags and environment. */
export interface Flags {
  kubeconfig: string;
  watchNamespace: string;
  runtimeServiceAccount: string;
  allowOperatorIdentity: boolean;
  leaderElect: boolean;
  leaderElectionNamespace: string;
  leaderElectionId: string;
  metricsBindAddress: string;
  healthProbeBindAddress: string;
  workers: number;
  logLevel: string;
}

interface Flag {
  name: string;
  key: keyof Flags;
  default: string;
  /** Shown in `--help` behind the name; absent for a switch. */
  value?: string;
  help: string;
  /** What is wrong with a value, or undefined. */
  check?: (value: string) => string | undefined;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error'];
const dnsName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const nameOrEmpty = (value: string): string | undefined =>
  value === '' || dnsName.test(value) ? undefined : 'is no name of a Kubernetes object';
const bindAddress = (value: string): string | undefined =>
  value === '0' || /^\S*:\d{1,5}$/.test(value)
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
    default: '16',
    value: 'n',
    help: 'How many objects are worked on at the same time, 1 to 256.',
    check: (v) =>
      /^\d{1,3}$/.test(v) && Number(v) >= 1 && Number(v) <= 256
        ? undefined
        : 'is no whole number from 1 to 256',
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

/** What the command line asks for; `error` names the flag or variable, the value and what is allowed. */
export type FlagResult =
  | { kind: 'flags'; flags: Flags }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'error'; message: string };

/** Environment variable of a flag, such as ECR_OPERATOR_LOG_LEVEL. */
export function environmentName(flag: string): string {
  return `ECR_OPERATOR_${flag.replaceAll('-', '_').toUpperCase()}`;
}

/** Reads flags, then environment, then defaults. */
export function parseFlags(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): FlagResult {
  const given = readArguments(argv);
  if (typeof given === 'string') return { kind: 'error', message: given };
  if (given['help'] === true) return { kind: 'help' };
  if (given['version'] === true) return { kind: 'version' };
  const values: Partial<Record<keyof Flags, string | boolean | number>> = {};
  for (const flag of flagTable) {
    const [origin, text] = choose(flag, given, env);
    const wrong = isSwitch(flag) ? checkSwitch(text) : flag.check?.(text);
    if (wrong !== undefined) return { kind: 'error', message: `${origin}: ${JSON.stringify(text)} ${wrong}` };
    values[flag.key] = isSwitch(flag) ? text === 'true' : flag.key === 'workers' ? Number(text) : text;
  }
  return { kind: 'flags', flags: values as unknown as Flags };
}

/** Text of `--help`. */
export function helpText(): string {
  const left = (flag: Flag): string =>
    `  --${flag.name}${flag.value === undefined ? '' : ` <${flag.value}>`}`;
  const width = Math.max(...flagTable.map((flag) => left(flag).length)) + 2;
  const lines = flagTable.map((flag) => {
    const fallback =
      flag.default === '' || flag.help.includes('Default:') ? '' : ` Default: ${flag.default}.`;
    return `${left(flag).padEnd(width)}${flag.help}${fallback}`;
  });
  return [
    'ecr-operator keeps Amazon ECR pull and push Secrets fresh.',
    '',
    'Usage: ecr-operator [flags]',
    '',
    ...lines,
    `${'  --version'.padEnd(width)}Print the version.`,
    `${'  --help'.padEnd(width)}Print this text.`,
    '',
    `Each flag can be set by a variable too, such as ${environmentName('log-level')}=debug; a flag wins over its variable.`,
    'AWS endpoints and proxies follow the usual variables of the AWS SDK, such as AWS_ENDPOINT_URL_STS and AWS_USE_FIPS_ENDPOINT.',
  ].join('\n');
}

type Given = Record<string, string | boolean | undefined>;

function readArguments(argv: readonly string[]): Given | string {
  const options = Object.fromEntries(flagTable.map((flag) => [flag.name, { type: 'string' as const }]));
  const switches = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } } as const;
  try {
    const { values } = parseArgs({
      args: withSwitchValues(argv),
      options: { ...options, ...switches },
      strict: true,
    });
    return values as Given;
  } catch (error) {
    const [first] = (error as Error).message.split('\n');
    return `${first ?? 'bad arguments'}; see --help`;
  }
}

/** `--leader-elect` alone means true, as with Go's flags. */
function withSwitchValues(argv: readonly string[]): string[] {
  return argv.map((arg) => {
    const flag = flagTable.find((f) => isSwitch(f) && arg === `--${f.name}`);
    return flag === undefined ? arg : `${arg}=true`;
  });
}

function choose(
  flag: Flag,
  given: Given,
  env: Readonly<Record<string, string | undefined>>,
): [string, string] {
  const fromFlag = given[flag.name];
  if (typeof fromFlag === 'string') return [`flag --${flag.name}`, fromFlag];
  const variable = environmentName(flag.name);
  return [`variable ${variable}`, env[variable] ?? flag.default];
}

function isSwitch(flag: Flag): boolean {
  return flag.value === undefined;
}

function checkSwitch(text: string): string | undefined {
  return text === 'true' || text === 'false' ? undefined : 'is neither true nor false';
}
