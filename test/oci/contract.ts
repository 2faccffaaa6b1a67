import { readFile } from 'node:fs/promises';
import { Redacted } from '../../src/base/redacted.ts';
import type { Auth } from '../../src/docker-config/docker-config.ts';
import { createOciClient, type OciClient } from '../../src/oci/client.ts';
import { account, fetchToken, region, startTestAws } from '../aws-local/fixture.ts';
import { imageManifest, imageType, pushImage, sha256 } from '../aws-local/registry-client.ts';
import { dockerRegistryLogin, startDockerRegistry } from './docker-registry.ts';

/** A real registry with one repository, `team/app`, as the contract needs it. */
export interface ContractRegistry {
  readonly login: Auth;
  /** A client that the caller closes. */
  client(login: Auth | undefined): OciClient;
  /** Pushes an image to `team/app` and resolves with the digest of its manifest. */
  push(tag: string): Promise<string>;
  /** Uploads into `team/app` that were started and neither finished nor cancelled. */
  openUploads(): Promise<number>;
  stop(): Promise<void>;
}

const repository = 'team/app';

/** The registry of the local AWS: TLS, under the host name of ECR. */
export async function startLocalEcr(): Promise<ContractRegistry> {
  const aws = await startTestAws();
  const { registry } = aws;
  registry.createRepository(account, region, repository);
  const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
  const token = await fetchToken(aws);
  const ca = await readFile(registry.caFile);
  const endpoint = new URL(`https://127.0.0.1:${registry.port}`);
  const headers = { authorization: `Basic ${token}` };
  return {
    login: loginOf(token),
    client: (login) => createOciClient({ host, login, ca, endpoint }),
    push: (tag) => pushImage({ aws, host, name: repository, headers }, tag),
    openUploads: async () => registry.openUploads(account, region, repository),
    stop: () => aws.stop(),
  };
}

/** Debian's docker-registry: plain HTTP on the loopback address, as a registry that is not ECR. */
export async function startDebianRegistry(command: string): Promise<ContractRegistry> {
  const registry = await startDockerRegistry(command);
  const { url } = registry;
  const { username, password } = dockerRegistryLogin;
  return {
    login: { username, password: new Redacted(password) },
    client: (login) => createOciClient({ host: url.host, login, endpoint: url }),
    push: (tag) => pushOverHttp(url, `Basic ${btoa(`${username}:${password}`)}`, tag),
    openUploads: () => registry.openUploads(repository),
    stop: () => registry.stop(),
  };
}

/** The login in the `authorizationToken` of ECR. */
export function loginOf(token: string): Auth {
  const password = Buffer.from(token, 'base64').toString().slice('AWS:'.length);
  return { username: 'AWS', password: new Redacted(password) };
}

async function pushOverHttp(url: URL, authorization: string, tag: string): Promise<string> {
  const send = async (method: string, to: URL, body = '', type = 'application/octet-stream') => {
    const headers = { authorization, 'content-type': type };
    const response = await fetch(to, { method, headers, ...(body === '' ? {} : { body }) });
    if (!response.ok)
      throw new Error(`${method} ${to.pathname}: ${response.status} ${await response.text()}`);
    return response;
  };
  const base = new URL(`/v2/${repository}/`, url);
  for (const content of ['{}', 'layer']) {
    const started = await send('POST', new URL('blobs/uploads/', base));
    const next = new URL(started.headers.get('location') ?? '', base);
    next.searchParams.set('digest', sha256(content));
    await send('PUT', next, content);
  }
  const manifest = imageManifest('{}', 'layer');
  await send('PUT', new URL(`manifests/${tag}`, base), manifest, imageType);
  return sha256(manifest);
}
