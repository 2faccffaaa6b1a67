import type { HttpReply } from '../http.ts';
import { isJsonObject, parseJsonObject, type JsonObject } from '../json.ts';
import { RegistryError } from './errors.ts';
import { emptyReply, jsonReply, type Exchange } from './exchange.ts';
import { digestOf, type Manifest, type Repository } from './store.ts';

const indexTypes: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** HEAD, GET and PUT of a manifest by tag or digest. */
export function answerManifest(exchange: Exchange, reference: string): HttpReply {
  if (exchange.method === 'PUT') return putManifest(exchange, reference);
  const { method, repository } = exchange;
  if (method !== 'HEAD' && method !== 'GET')
    throw new RegistryError(405, 'UNSUPPORTED', `no ${method} of manifests`);
  exchange.require('BatchGetImage');
  const manifest = repository.manifests.get(repository.tags.get(reference) ?? reference);
  if (manifest === undefined) throw new RegistryError(404, 'MANIFEST_UNKNOWN', 'Requested image not found');
  const headers = { 'Content-Type': manifest.mediaType, 'Docker-Content-Digest': manifest.digest };
  if (method === 'GET') return { status: 200, headers, body: manifest.bytes };
  return emptyReply(200, { ...headers, 'Content-Length': String(manifest.bytes.length) });
}

/** GET of the tags, in order; `n` and `last` cut a page out of them. */
export function listTags(exchange: Exchange): HttpReply {
  exchange.require('ListImages');
  const { query, repository } = exchange;
  const last = query.get('last') ?? '';
  const size = Number(query.get('n') ?? 1000);
  const following = [...repository.tags.keys()].toSorted().filter((tag) => tag > last);
  const page = following.slice(0, size);
  const next = new URLSearchParams({ last: page.at(-1) ?? '', n: String(size) }).toString();
  const link = `</v2/${repository.name}/tags/list?${next}>; rel="next"`;
  const headers: Readonly<Record<string, string>> = following.length > page.length ? { Link: link } : {};
  return jsonReply(200, { name: repository.name, tags: page }, headers);
}

function putManifest(exchange: Exchange, reference: string): HttpReply {
  exchange.require('PutImage');
  const { repository, body, headers } = exchange;
  const manifest: Manifest = {
    digest: digestOf(body),
    mediaType: headers['content-type'] ?? 'application/vnd.oci.image.manifest.v1+json',
    bytes: body,
  };
  const byDigest = reference.includes(':');
  if (byDigest && reference !== manifest.digest) {
    throw new RegistryError(
      400,
      'DIGEST_INVALID',
      `The manifest has the digest ${manifest.digest}, not ${reference}`,
    );
  }
  checkReferences(repository, manifest);
  // Refused even for the digest that the tag already names.
  if (!byDigest && repository.immutableTags && repository.tags.has(reference)) {
    const message =
      `The image tag '${reference}' already exists in the '${repository.name}' repository and cannot be overwritten ` +
      'because the repository is immutable.';
    throw new RegistryError(400, 'TAG_INVALID', message);
  }
  repository.manifests.set(manifest.digest, manifest);
  if (!byDigest) repository.tags.set(reference, manifest.digest);
  const location = `/v2/${repository.name}/manifests/${manifest.digest}`;
  return emptyReply(201, { Location: location, 'Docker-Content-Digest': manifest.digest });
}

/** Layers before their manifest, and manifests before their index: what is missing is named. */
function checkReferences(repository: Repository, { mediaType, bytes }: Manifest): void {
  const { config, layers, manifests } = parseManifest(bytes);
  const isIndex = indexTypes.includes(mediaType);
  const present: { has(digest: string): boolean } = isIndex ? repository.manifests : repository.layers;
  const missing = digestsIn(isIndex ? [manifests] : [config, layers]).filter(
    (digest) => !present.has(digest),
  );
  if (missing.length === 0) return;
  const message =
    `${isIndex ? 'Images' : 'Layers'} with digests '[${missing.join(', ')}]' required for pushing image into ` +
    `repository with name '${repository.name}' in the registry with id '${repository.account}' do not exist`;
  throw new RegistryError(404, 'MANIFEST_BLOB_UNKNOWN', message);
}

/** The digests of all descriptors in these members of a manifest. */
function digestsIn(members: readonly unknown[]): readonly string[] {
  return members
    .flat()
    .filter(isJsonObject)
    .map(({ digest }) => digest)
    .filter((digest) => typeof digest === 'string');
}

function parseManifest(bytes: Buffer): JsonObject {
  try {
    return parseJsonObject(bytes);
  } catch (error) {
    throw new RegistryError(400, 'MANIFEST_INVALID', `The manifest is not a JSON object: ${String(error)}`);
  }
}
