import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { inClusterCredentials, serviceAccountFolder } from './credentials-in-cluster.ts';
import type { Credentials } from './credentials.ts';

export interface LoadCredentialsOptions {
  /** A kubeconfig file that is to be used whatever else there is. */
  readonly kubeconfig?: string | undefined;
  /** Another context of the kubeconfig than its current one. */
  readonly context?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Finds out how to reach the API server: the file that was named, `KUBECONFIG`, the service account of the pod, or
 * `~/.kube/config`, whichever comes first.
 */
export async function loadCredentials(options: LoadCredentialsOptions): Promise<Credentials> {
  const { kubeconfig, context, env, clock, log } = options;
  const named = kubeconfig !== undefined || context !== undefined || Boolean(env.KUBECONFIG);
  if (!named && env.KUBERNETES_SERVICE_HOST && existsSync(join(serviceAccountFolder, 'token')))
    return inClusterCredentials({ env, clock, log });
  // Imported only here: the library is larger than all else in the process, and a pod has no need of it.
  const { kubeConfigCredentials, loadKubeConfig } = await import('./credentials-kubeconfig.ts');
  return kubeConfigCredentials({ config: loadKubeConfig({ file: kubeconfig, context }), clock, log });
}
