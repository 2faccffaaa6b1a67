import { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { type Cluster, KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Redacted } from '../base/redacted.ts';
import { cachedCredentials } from './credentials-cache.ts';
import type { Access, Credentials, TlsMaterial } from './credentials.ts';
import { loadKubeConfigFiles } from './kubeconfig-files.ts';

export interface KubeConfigSource {
  /** Without it: `KUBECONFIG`, then `~/.kube/config`. */
  readonly file?: string | undefined;
  readonly context?: string | undefined;
}

/** Reads a kubeconfig and turns to the context. */
export function loadKubeConfig({ file, context }: KubeConfigSource = {}): KubeConfig {
  const config = readKubeConfig(file);
  if (context === undefined) return config;
  if (config.getContextObject(context) === null)
    throw new Error(
      `kubeconfig: there is no context ${JSON.stringify(context)}; see kubectl config get-contexts`,
    );
  config.setCurrentContext(context);
  return config;
}

function readKubeConfig(file: string | undefined): KubeConfig {
  const list = process.env['KUBECONFIG'];
  if (file === undefined && list) return loadKubeConfigFiles(list);
  const config = new KubeConfig();
  if (file === undefined) config.loadFromDefault();
  else config.loadFromFile(file);
  return config;
}

export interface KubeConfigCredentialsOptions {
  readonly config: KubeConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** Credentials of the config's current context, in every form that client-node knows: token, certificate, exec, OIDC. */
export function kubeConfigCredentials({ config, clock, log }: KubeConfigCredentialsOptions): Credentials {
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new Error(
      `kubeconfig: the current context ${JSON.stringify(config.currentContext)} has no cluster`,
    );
  // The token of a helper program is kept until it expires or is refused; files are cheap to read each time.
  const runsHelper = Boolean(config.getCurrentUser()?.exec);
  let current = forgetful(config);
  const read = (anew: boolean): Promise<Access> => {
    if (anew || !runsHelper) current = forgetful(config);
    return readAccess(current);
  };
  return cachedCredentials({ server: new URL(cluster.server), read, clock, log });
}

/** Client-node remembers tokens inside a KubeConfig; a new one over the same settings remembers nothing. */
function forgetful({ clusters, users, contexts, currentContext }: KubeConfig): KubeConfig {
  const fresh = new KubeConfig();
  fresh.loadFromOptions({ clusters: clusters.map(takingPlainHttp), users, contexts, currentContext });
  return fresh;
}

/**
 * Client-node refuses plain http unless certificates are not checked either. A server on this machine, such as kubectl
 * proxy, has none, and nobody on the way could read along.
 */
function takingPlainHttp(cluster: Cluster): Cluster {
  const { protocol, hostname } = URL.parse(cluster.server) ?? {};
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname ?? '');
  return protocol === 'http:' && isLoopback ? { ...cluster, skipTLSVerify: true } : cluster;
}

async function readAccess(config: KubeConfig): Promise<Access> {
  const headers: Record<string, string> = {};
  const options: RequestOptions = { headers };
  await config.applyToHTTPSOptions(options);
  const { Authorization: bearer, ...otherHeaders } = headers;
  const basic = options.auth ? `Basic ${Buffer.from(options.auth).toString('base64')}` : undefined;
  const authorization = bearer?.trim() ?? basic;
  const usesProxy = Boolean(config.getCurrentCluster()?.proxyUrl);
  return {
    authorization: authorization === undefined ? undefined : new Redacted(authorization),
    headers: otherHeaders,
    tls: tlsOf(options),
    proxyAgent: usesProxy && options.agent instanceof Agent ? options.agent : undefined,
  };
}

function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): TlsMaterial {
  return {
    ca: pem(ca),
    cert: pem(cert),
    key: key === undefined ? undefined : new Redacted(pem(key) ?? ''),
    servername,
    rejectUnauthorized,
  };
}

/** Client-node gives one Buffer or string for each of these. */
function pem(value: RequestOptions['ca'] | RequestOptions['key']): string | undefined {
  return typeof value === 'string' || Buffer.isBuffer(value) ? value.toString() : undefined;
}
