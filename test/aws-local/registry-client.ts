import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';

import type { LocalAws } from '../support/aws/index.ts';

export interface RegistryResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface RegistryCall {
  readonly host: string;
  readonly method?: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends one request to the registry under the name of `host`, checking its certificate for that name. */
export async function send(aws: LocalAws, call: RegistryCall): Promise<RegistryResponse> {
  const body = Buffer.from(call.body ?? '');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: aws.registry.port,
        servername: call.host,
        ca: readFileSync(aws.registry.caFile),
        method: call.method ?? 'GET',
        path: call.path,
        headers: { Host: call.host, 'Content-Length': body.length, ...call.headers },
        agent: false,
      },
      (response) => {
        buffer(response).then(
          (content) =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content }),
          reject,
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The code and message of the first error of a response. */
export function errorOf(response: RegistryResponse): unknown {
  const parsed: unknown = JSON.parse(response.body.toString());
  return { status: response.status, error: parsed };
}

/** What `errorOf` gives for this error. */
export function refusal(status: number, code: string, message: unknown): unknown {
  return { status, error: { errors: [{ code, message }] } };
}

/** A repository as one caller sees it. */
export interface Repository {
  readonly aws: LocalAws;
  readonly host: string;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends a request below `/v2/<name>/`. */
export function inRepository(
  repo: Repository,
  method: string,
  path: string,
  more: Partial<RegistryCall> = {},
): Promise<RegistryResponse> {
  const headers = { ...repo.headers, ...more.headers };
  return send(repo.aws, { ...more, host: repo.host, method, path: `/v2/${repo.name}/${path}`, headers });
}

/** Uploads a layer with one PUT, as containerd does, and returns its digest. */
export async function pushLayer(repo: Repository, content: string): Promise<string> {
  const digest = sha256(content);
  const started = await inRepository(repo, 'POST', 'blobs/uploads/');
  const path = `${String(started.headers['location'])}?digest=${digest}`;
  const done = await send(repo.aws, {
    host: repo.host,
    method: 'PUT',
    path,
    headers: repo.headers,
    body: content,
  });
  if (done.status !== 201) throw new Error(`PUT of a layer: ${done.status} ${done.body.toString()}`);
  return digest;
}

export const imageType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';

function descriptor(kind: string, content: string): object {
  return { mediaType: `application/vnd.oci.image.${kind}`, digest: sha256(content), size: content.length };
}

/** The manifest of an image with these contents. */
export function imageManifest(config: string, layer: string): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: imageType,
    config: descriptor('config.v1+json', config),
    layers: [descriptor('layer.v1.tar', layer)],
  });
}

/** Pushes a whole image under a tag and returns its digest. */
export async function pushImage(repo: Repository, tag: string, layer = 'layer'): Promise<string> {
  for (const content of ['{}', layer]) await pushLayer(repo, content);
  const manifest = imageManifest('{}', layer);
  const done = await putManifest(repo, tag, manifest);
  if (done.status !== 201) throw new Error(`PUT of a manifest: ${done.status} ${done.body.toString()}`);
  return sha256(manifest);
}

/** PUT of a manifest. */
export function putManifest(
  repo: Repository,
  reference: string,
  manifest: string,
  type = imageType,
): Promise<RegistryResponse> {
  return inRepository(repo, 'PUT', `manifests/${reference}`, {
    body: manifest,
    headers: { 'Content-Type': type },
  });
}

/** The digest of a text. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
