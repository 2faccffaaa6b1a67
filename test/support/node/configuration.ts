import { stringify } from 'yaml';
import { network, registryHost } from './network.ts';

/** Where the parts of the node find each other; all absolute. */
export interface NodePaths {
  readonly dir: string;
  readonly cniConfigDir: string;
  readonly cniPluginDir: string;
  readonly registryConfigDir: string;
  readonly containerdSocket: string;
  readonly podLogsDir: string;
  readonly clientCaFile: string;
  readonly cgroupRoot: string;
}

export const pauseImage = 'localhost/pause:1';

/** containerd's config.toml, of the version that 1.x and 2.x read. */
export function containerdConfig(paths: NodePaths, mayLowerOomScore: boolean): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${paths.dir}/containerd"
state = "${paths.dir}/containerd-state"
[grpc]
  address = "${paths.containerdSocket}"
[${cri}]
  sandbox_image = "${pauseImage}"
  # A profile of AppArmor would be loaded for the whole machine.
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE runc cannot lower oom_score_adj, and dies of it.
  restrict_oom_score_adj = ${!mayLowerOomScore}
  [${cri}.cni]
    bin_dir = "${paths.cniPluginDir}"
    conf_dir = "${paths.cniConfigDir}"
  [${cri}.registry]
    config_path = "${paths.registryConfigDir}"
`;
}

/** containerd's hosts.toml for the registry: its true name, and the authority to trust. */
export function registryConfig(caFile: string): string {
  const url = `https://${registryHost}`;
  return `server = "${url}"\n[host."${url}"]\n  ca = "${caFile}"\n`;
}

/** A bridge for the pods; they reach the node and each other, and nobody else. */
export function cniConfig(): string {
  const ranges = [[{ subnet: network.podRange, gateway: network.nodeAddress }]];
  const ipam = { type: 'host-local', ranges, routes: [{ dst: '0.0.0.0/0' }] };
  const bridge = { type: 'bridge', bridge: network.bridge, isGateway: true, ipMasq: false, ipam };
  return JSON.stringify({ cniVersion: '1.0.0', name: 'e2e', plugins: [bridge, { type: 'loopback' }] });
}

/** The kubelet's configuration file. */
export function kubeletConfig(paths: NodePaths): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    address: network.nodeAddress,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      x509: { clientCAFile: paths.clientCaFile },
    },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: paths.cgroupRoot,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    podLogsDir: paths.podLogsDir,
    resolvConf: `${paths.dir}/resolv.conf`,
    // Nobody answers there, so a lookup fails at once: pods know the names that they need from hostAliases.
    clusterDNS: [network.nodeAddress],
    // A Secret that changes reaches the kubelet at once, and the files of pods at the next sync.
    configMapAndSecretChangeDetectionStrategy: 'Watch',
    syncFrequency: '5s',
    serializeImagePulls: false,
    imageGCHighThresholdPercent: 100,
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
  });
}
