import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlaneInfo } from '../controlplane/attach.ts';
import { ensureBinaries } from '../controlplane/binaries.ts';
import { startControlPlane, type ControlPlane } from '../controlplane/controlplane.ts';
import { startSupervisor, type SupervisedProcess } from '../controlplane/supervisor.ts';
import { kubeletArgs, managerArgs, schedulerArgs } from './component-args.ts';
import {
  cniConfig,
  containerdConfig,
  kubeletConfig,
  registryConfig,
  type NodePaths,
} from './configuration.ts';
import { forward } from './forward.ts';
import { nodeDir } from './isolation.ts';
import { loadImages } from './load-images.ts';
import { network, registryHost } from './network.ts';
import { nodeIsReady } from './node-ready.ts';
import { cniPluginDir, thisMachine } from './prerequisites.ts';
import { stage } from './stages.ts';

export interface NodeOptions {
  /** Control group for the pods, as the kubelet names it. */
  readonly cgroupRoot: string;
  /** Existing folder for the logs of all components and pods. */
  readonly logDir: string;
  /** Image archives to load. */
  readonly images: readonly string[];
}

/** A cluster of one real node. */
export interface Node {
  readonly controlPlane: ControlPlaneInfo;
  /** PEM file with the authority that containerd trusts for the registry; read at each pull, so a test may write it. */
  readonly registryCaFile: string;
  /** Ends the processes that this one waits for; pods and mounts end with the namespaces. */
  stop(): Promise<void>;
}

const registryCaFile = join(nodeDir, 'registry-ca.pem');

type Start = (name: string, command: string, args: string[], cwd?: string) => Promise<SupervisedProcess>;

/** Brings up a control plane, containerd and a kubelet, in the namespaces that runIsolated made. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const paths = nodePaths(options);
  const supervisor = await startSupervisor(nodeDir);
  const start: Start = (name, command, args, cwd = nodeDir) =>
    supervisor.start({ name, command, args, cwd, logFile: join(options.logDir, `${name}.log`) });
  const [controlPlane] = await Promise.all([
    stage('control plane', () => startNodeControlPlane(options)),
    stage('containerd with the images', () => startContainerd(start, paths, options.images)),
  ]);
  const closeService = await serveInCluster(controlPlane);
  await stage('node ready', () => startComponents(start, paths, controlPlane));
  return {
    controlPlane,
    registryCaFile,
    async stop() {
      await closeService();
      await supervisor.close({ keepDir: true });
      await controlPlane.stop();
    },
  };
}

async function startContainerd(start: Start, paths: NodePaths, images: readonly string[]): Promise<void> {
  await writeConfiguration(paths);
  const containerd = await start('containerd', 'containerd', ['--config', join(nodeDir, 'containerd.toml')]);
  await loadImages(containerd, paths.containerdSocket, images);
}

async function startComponents(start: Start, paths: NodePaths, controlPlane: ControlPlane): Promise<void> {
  const names = ['kube-controller-manager', 'kube-scheduler', 'kubelet'] as const;
  const binaries = await ensureBinaries(names, { log: () => undefined });
  const { adminKubeconfig: kubeconfig, caFile, dir } = controlPlane;
  await writeFile(join(nodeDir, 'kubelet.yaml'), kubeletConfig({ ...paths, clientCaFile: caFile }));
  const kubelet = await start('kubelet', binaries.kubelet, kubeletArgs(kubeconfig));
  await start('kube-scheduler', binaries['kube-scheduler'], schedulerArgs(kubeconfig));
  await start('kube-controller-manager', binaries['kube-controller-manager'], managerArgs(kubeconfig), dir);
  await nodeIsReady(controlPlane, kubelet);
}

function nodePaths({ cgroupRoot, logDir }: NodeOptions): NodePaths {
  const plugins = cniPluginDir(thisMachine());
  if (plugins === undefined) throw new Error('the CNI plugins are not installed');
  return {
    dir: nodeDir,
    cniConfigDir: join(nodeDir, 'cni'),
    cniPluginDir: plugins,
    registryConfigDir: join(nodeDir, 'registries'),
    containerdSocket: '/run/containerd/containerd.sock',
    podLogsDir: join(logDir, 'pods'),
    clientCaFile: '',
    cgroupRoot,
  };
}

async function startNodeControlPlane({ logDir }: NodeOptions): Promise<ControlPlane> {
  return await startControlPlane({
    auditLog: true,
    logDir,
    addresses: [network.apiServerAddress],
    // For the logs of pods, which the API server gets from the kubelet.
    apiServerArgs: [
      '--kubelet-client-certificate=pki/admin.crt',
      '--kubelet-client-key=pki/admin.key',
      '--kubelet-preferred-address-types=InternalIP',
    ],
    log: () => undefined,
  });
}

/** Makes the address of the Service `kubernetes` lead to the API server, as kube-proxy would. */
async function serveInCluster({ url }: ControlPlaneInfo): Promise<() => Promise<void>> {
  const port = Number(new URL(url).port);
  return await forward({ host: network.apiServerAddress, port: 443 }, { host: '127.0.0.1', port });
}

async function writeConfiguration(paths: NodePaths): Promise<void> {
  const hosts = join(paths.registryConfigDir, registryHost);
  for (const dir of [paths.cniConfigDir, hosts, paths.podLogsDir]) await mkdir(dir, { recursive: true });
  await writeFile(join(nodeDir, 'containerd.toml'), containerdConfig(paths, await mayLowerOomScore()));
  await writeFile(join(paths.cniConfigDir, '10-e2e.conflist'), cniConfig());
  await writeFile(join(hosts, 'hosts.toml'), registryConfig(registryCaFile));
}

/** CAP_SYS_RESOURCE, the 25th capability, is often taken from root in containers. */
async function mayLowerOomScore(): Promise<boolean> {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${effective}`) & (1n << 24n)) !== 0n;
}
