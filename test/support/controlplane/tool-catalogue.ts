/** Where a binary may come from; see `catalogue` for the order of each. */
export type Source = 'assets' | 'path' | 'cache' | 'envtest' | 'release' | 'go';

/** The programs that tests, the demo and the chart checks run. */
export type ToolName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy'
  | 'kubectl'
  | 'helm'
  | 'kubeconform';

export interface Tool {
  /** Sources in the order in which they are tried. */
  readonly order: readonly Source[];
  /** Main package, pinned by tools/controlplane/go.mod. */
  readonly goPackage: string;
  /** What `go build` calls the result, where that is not the tool's name. */
  readonly goOutput?: string;
  /** For `path`: how it prints its version, and the oldest `[major, minor]` that will do. */
  readonly onPath?: { readonly versionArgs: readonly string[]; readonly atLeast: Version };
}

export type Version = readonly [major: number, minor: number];

const kubernetes = (command: string, order: readonly Source[]): Tool => ({
  order,
  goPackage: `k8s.io/kubernetes/cmd/${command}`,
});

const inEnvtestArchive = ['assets', 'cache', 'envtest', 'go'] as const;
const inReleaseOnly = ['assets', 'cache', 'release', 'go'] as const;

export const catalogue: Readonly<Record<ToolName, Tool>> = {
  etcd: { order: inEnvtestArchive, goPackage: 'go.etcd.io/etcd/server/v3', goOutput: 'server' },
  'kube-apiserver': kubernetes('kube-apiserver', inEnvtestArchive),
  'kube-controller-manager': kubernetes('kube-controller-manager', inReleaseOnly),
  'kube-scheduler': kubernetes('kube-scheduler', inReleaseOnly),
  kubelet: kubernetes('kubelet', inReleaseOnly),
  'kube-proxy': kubernetes('kube-proxy', inReleaseOnly),
  kubectl: {
    ...kubernetes('kubectl', ['path', ...inEnvtestArchive]),
    onPath: { versionArgs: ['version', '--client', '--output=json'], atLeast: [1, 30] },
  },
  helm: {
    order: ['path', 'cache', 'go'],
    goPackage: 'helm.sh/helm/v4/cmd/helm',
    onPath: { versionArgs: ['version', '--short'], atLeast: [3, 14] },
  },
  kubeconform: {
    order: ['path', 'cache', 'go'],
    goPackage: 'github.com/yannh/kubeconform/cmd/kubeconform',
    onPath: { versionArgs: ['-v'], atLeast: [0, 6] },
  },
};

/** True for a name that `ensureBinaries` knows. */
export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(catalogue, name);
}

/** The first `v<major>.<minor>` of what a tool prints about itself; undefined when there is none. */
export function parseVersion(text: string): Version | undefined {
  const match = /v(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** Compares major first, then minor. */
export function isAtLeast(version: Version, wanted: Version): boolean {
  return version[0] > wanted[0] || (version[0] === wanted[0] && version[1] >= wanted[1]);
}
