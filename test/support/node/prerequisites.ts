import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram, isExecutable } from './program-file.ts';

/** What the tests need of this machine; the values come from `thisMachine`. */
export interface Machine {
  readonly platform: string;
  readonly uid: number | undefined;
  hasProgram(name: string): boolean;
  hasFile(file: string): boolean;
  /** What the kernel says to a trial of namespaces, mounts and a bridge; undefined when all of it works. */
  tryNamespaces(): string | undefined;
  /** What Docker's daemon says when it does not answer; undefined when it does. */
  tryDocker(): string | undefined;
}

/** Why a cluster cannot run here. */
export interface Missing {
  /** One sentence each; none when it can run. */
  readonly sentences: readonly string[];
  /** Installing packages would do. Else this user, kernel or sandbox cannot run it. */
  readonly installable: boolean;
}

/** Program -> Debian package. */
type Programs = Readonly<Record<string, string>>;

/** For the images of the pods and the registry. */
const forImages: Programs = {
  skopeo: 'skopeo',
  busybox: 'busybox-static',
  tar: 'tar',
  openssl: 'openssl',
};

const forNode: Programs = {
  ...forImages,
  containerd: 'containerd',
  ctr: 'containerd',
  'containerd-shim-runc-v2': 'containerd',
  runc: 'runc',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
};

/** Debian's folder of CNI plugins, and that of other distributions. */
const cniPluginDirs: readonly string[] = ['/usr/lib/cni', '/opt/cni/bin'];
const cniPlugins: readonly string[] = ['bridge', 'host-local', 'loopback'];

/** The first folder that has all plugins that the node uses. */
export function cniPluginDir({ hasFile }: Pick<Machine, 'hasFile'>): string | undefined {
  return cniPluginDirs.find((dir) => cniPlugins.every((plugin) => hasFile(join(dir, plugin))));
}

/** What is missing for a node of this machine, all of it at once. */
export function missingForNode(machine: Machine): Missing {
  const cni = `the CNI plugins ${cniPlugins.join(', ')} are in none of ${cniPluginDirs.join(', ')}`;
  const plugins = cniPluginDir(machine) === undefined ? { [cni]: 'containernetworking-plugins' } : {};
  const refuses = (): string[] => {
    const refusal = machine.tryNamespaces();
    return refusal === undefined
      ? []
      : [`the kernel, or the sandbox around this shell, refuses what a node needs: ${refusal}`];
  };
  return assess(machine, { ...absentOf(machine, forNode), ...plugins }, refuses);
}

/** What is missing for a cluster of kind. */
export function missingForKind(machine: Machine): Missing {
  const kind = machine.hasProgram('kind')
    ? []
    : ['the program kind is missing: see https://kind.sigs.k8s.io'];
  const docker = machine.hasProgram('docker') ? machine.tryDocker() : 'docker is not installed';
  const engine = docker === undefined ? [] : [`kind needs a Docker engine: ${docker}`];
  return assess(machine, absentOf(machine, forImages), () => [...kind, ...engine]);
}

/** Sentence -> package that helps. */
function absentOf(machine: Machine, programs: Programs): Programs {
  const absent = Object.entries(programs).filter(([name]) => !machine.hasProgram(name));
  return Object.fromEntries(absent.map(([name, debian]) => [`the program ${name} is missing`, debian]));
}

function assess({ platform, uid }: Machine, absent: Programs, others: () => string[]): Missing {
  if (platform !== 'linux')
    return { sentences: [`a Linux kernel is needed, this is ${platform}`], installable: false };
  const packages = [...new Set(Object.values(absent))].toSorted();
  const install = packages.length > 0 ? [`install them: apt-get install ${packages.join(' ')}`] : [];
  const user = uid === 0 ? [] : ['root is needed, for ports, owners of files and mounts: use sudo'];
  // What only root can try says nothing to others, and needs the programs.
  const further = packages.length === 0 && uid === 0 ? others() : [];
  return {
    sentences: [...Object.keys(absent), ...install, ...user, ...further],
    installable: packages.length > 0 && uid === 0,
  };
}

/** Asks the machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    uid: process.getuid?.(),
    hasFile: isExecutable,
    hasProgram: (name) => findProgram(name) !== undefined,
    tryNamespaces: () => complaintOf('unshare', [...namespaces, 'sh', '-c', trial]),
    tryDocker: () => complaintOf('docker', ['version']),
  };
}

const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc'];

/** In namespaces that end with it, so that it leaves nothing behind. */
const trial = `set -e
mount -t tmpfs tmpfs /run
mkdir /run/lower /run/upper /run/work /run/merged
mount -t overlay overlay -o lowerdir=/run/lower,upperdir=/run/upper,workdir=/run/work /run/merged
ip link set lo up
ip link add trial type bridge`;

function complaintOf(command: string, args: readonly string[]): string | undefined {
  try {
    execFileSync(command, args, { stdio: 'pipe', timeout: 20_000 });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    return said === '' ? String(error) : said;
  }
}
