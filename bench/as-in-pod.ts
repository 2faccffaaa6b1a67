import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requestToken } from '../test/support/controlplane/attach.ts';
import type { ControlPlane } from '../test/support/controlplane/controlplane.ts';

/** How to start a process that finds its service account where a pod has it. */
export interface PodLike {
  prefix: string[];
  env: Record<string, string>;
}

const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Shows the folder `$1` at the place where the kubelet mounts it, to this process alone, and becomes the rest. */
const script = `mount -t tmpfs tmpfs /var/run/ && mkdir -p ${mounted} && mount --bind "$1" ${mounted} && shift && exec "$@"`;

/**
 * Prepares a process to run as the service account `<namespace>/<name>`, like in a pod: the token is a file, and no
 * kubeconfig is read. Undefined where this user may not mount.
 */
export async function asInPod(
  controlPlane: ControlPlane,
  account: `${string}/${string}`,
): Promise<PodLike | undefined> {
  const folder = join(controlPlane.dir, 'pod-service-account');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'token'), await requestToken(controlPlane, account));
  await writeFile(join(folder, 'namespace'), account.split('/')[0] ?? '');
  await copyFile(controlPlane.caFile, join(folder, 'ca.crt'));
  const prefix = ['unshare', '--mount', 'sh', '-c', script, 'sh', folder];
  try {
    execFileSync(prefix[0] ?? '', [...prefix.slice(1), 'true'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const { hostname, port } = new URL(controlPlane.url);
  return { prefix, env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port } };
}
