import { join } from 'node:path';
import { nodeDir } from './isolation.ts';
import { network } from './network.ts';

export const nodeName = 'node1';

/** Command line of the kubelet; the rest is in its configuration file. */
export function kubeletArgs(kubeconfig: string): string[] {
  return [
    `--config=${join(nodeDir, 'kubelet.yaml')}`,
    `--kubeconfig=${kubeconfig}`,
    `--root-dir=${join(nodeDir, 'kubelet')}`,
    `--cert-dir=${join(nodeDir, 'kubelet-pki')}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${network.nodeAddress}`,
  ];
}

/** Command line of kube-scheduler. */
export function schedulerArgs(kubeconfig: string): string[] {
  return [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--bind-address=127.0.0.1'];
}

/** Command line of kube-controller-manager with all of its controllers; it runs in the control plane's folder. */
export function managerArgs(kubeconfig: string): string[] {
  return [
    ...schedulerArgs(kubeconfig),
    '--service-account-private-key-file=pki/service-account.key',
    '--root-ca-file=pki/ca.crt',
  ];
}
