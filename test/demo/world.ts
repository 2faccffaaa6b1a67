import type { KubeClient } from '../../src/kube/client.ts';
import type { LocalAws } from '../support/aws/index.ts';
import type { ControlPlane } from '../support/controlplane/controlplane.ts';
import type { Supervisor } from '../support/controlplane/supervisor.ts';
import type { Screen } from './screen.ts';
import type { Shell } from './shell.ts';
import type { Cleanup } from './steps.ts';

/** What the first step starts and all others use. */
export interface World {
  readonly screen: Screen;
  readonly shell: Shell;
  readonly cleanup: Cleanup;
  readonly controlPlane: ControlPlane;
  readonly aws: LocalAws;
  /** With the rights of an administrator, for looking without showing a command. */
  readonly client: KubeClient;
  /** Owns the operator's process and `dir`: both are gone soon after this process, even when it is killed. */
  readonly supervisor: Supervisor;
  /** For the demo's own files. */
  readonly dir: string;
}

export const account = '111122223333';
export const region = 'eu-west-1';
export const registryHost = `${account}.dkr.ecr.${region}.amazonaws.com`;
export const repository = 'team/app';

/** The folder of the manifests as a person types it, from the project's folder. */
export const manifests = 'test/demo/manifests';
