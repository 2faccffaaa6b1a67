import { ensureBinaries } from '../support/controlplane/binaries.ts';
import { network } from '../support/node/network.ts';
import { startNode } from '../support/node/node.ts';
import type { RunningCluster } from './cluster.ts';
import type { E2eSettings } from './settings.ts';

/** The cluster of one node, in the namespaces that this process runs in. */
export async function startNodeCluster({ images, ...settings }: E2eSettings): Promise<RunningCluster> {
  const node = await startNode({ ...settings, images: Object.values(images) });
  const { kubectl } = await ensureBinaries(['kubectl'], { log: () => undefined });
  const { url, adminKubeconfig, caFile, issuer, dir } = node.controlPlane;
  return {
    controlPlane: { url, adminKubeconfig, caFile, issuer, dir },
    hostAddress: network.nodeAddress,
    registryCaFile: node.registryCaFile,
    kubectl,
    stop: () => node.stop(),
  };
}
