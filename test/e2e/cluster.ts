import type { ControlPlaneInfo } from '../support/controlplane/attach.ts';

/** What tests know of the cluster that they run on; plain data. */
export interface E2eCluster {
  readonly controlPlane: ControlPlaneInfo;
  /** An address of this machine that nodes and pods reach; the AWS of the tests listens there. */
  readonly hostAddress: string;
  /** File of this machine where nodes look for the authority of the registry, at each pull. */
  readonly registryCaFile: string;
  readonly kubectl: string;
}

/** The same for who started it. */
export interface RunningCluster extends E2eCluster {
  stop(): Promise<void>;
}
