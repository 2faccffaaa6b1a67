import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Redacted } from '../base/redacted.ts';
import { cachedCredentials } from './credentials-cache.ts';
import type { Access, Credentials } from './credentials.ts';

/** Where the kubelet mounts the service account of a pod. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterOptions {
  /** For `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which the kubelet sets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Holds `token` and `ca.crt`; `serviceAccountFolder` when not said. */
  readonly folder?: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** The service account of the pod we run in. Follows the renewal of its token and of the cluster's CA. */
export function inClusterCredentials({
  env,
  folder = serviceAccountFolder,
  clock,
  log,
}: InClusterOptions): Credentials {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) throw new Error('KUBERNETES_SERVICE_HOST is not set: not in a pod; name a kubeconfig instead');
  const server = new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`);
  return cachedCredentials({ server, read: () => readAccess(folder), clock, log });
}

async function readAccess(folder: string): Promise<Access> {
  const [token, ca] = await Promise.all([
    readFile(join(folder, 'token'), 'utf8'),
    readFile(join(folder, 'ca.crt'), 'utf8'),
  ]);
  if (token.trim() === '') throw new Error(`${join(folder, 'token')} is empty`);
  return { authorization: new Redacted(`Bearer ${token.trim()}`), headers: {}, tls: { ca } };
}
