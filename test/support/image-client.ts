import { connectRegistry, type RegistryConnection, type RegistryHttp } from './image-client-http.ts';
import type { RegistryRequest, RegistryResponse } from './image-client-http.ts';
import { blobsOf, digestOf, manifestType, type Image } from './image-client-layout.ts';

/** An image in a registry. */
export interface RemoteImage {
  readonly host: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly reference: string;
}

/** How to reach its registry. */
export type Access = Omit<RegistryConnection, 'host'>;

/** Uploads what the registry does not have yet, then the manifest. Rejects with what the registry said. */
export async function pushImage(remote: RemoteImage, image: Image, access: Access): Promise<void> {
  await withRegistry(remote, access, async (registry) => {
    for (const [digest, bytes] of image.blobs) await pushBlob(registry, remote, digest, bytes);
    await expectStatus(registry, 201, {
      method: 'PUT',
      path: manifestPath(remote),
      headers: { 'content-type': manifestType },
      body: image.manifest,
    });
  });
}

/** Downloads an image and checks every digest. Rejects with what the registry said. */
export async function pullImage(remote: RemoteImage, access: Access): Promise<Image> {
  return await withRegistry(remote, access, async (registry) => {
    const manifest = await getManifest(registry, remote);
    const blobs = new Map<string, Buffer>();
    for (const { digest } of blobsOf(manifest)) {
      const path = `/v2/${remote.repository}/blobs/${digest}`;
      const { body } = await expectStatus(registry, 200, { method: 'GET', path });
      blobs.set(digest, verified(body, digest));
    }
    return { manifest, blobs };
  });
}

/** The digest of the manifest under a reference. Rejects with what the registry said. */
export async function inspectImage(remote: RemoteImage, access: Access): Promise<string> {
  return await withRegistry(remote, access, async (registry) =>
    digestOf(await getManifest(registry, remote)),
  );
}

async function withRegistry<T>(
  { host }: RemoteImage,
  access: Access,
  use: (registry: RegistryHttp) => Promise<T>,
): Promise<T> {
  const registry = connectRegistry({ ...access, host });
  try {
    return await use(registry);
  } finally {
    registry.close();
  }
}

/** With one PUT after the POST, as containerd does it. */
async function pushBlob(
  registry: RegistryHttp,
  { repository }: RemoteImage,
  digest: string,
  bytes: Buffer,
): Promise<void> {
  const known = await registry.send({ method: 'HEAD', path: `/v2/${repository}/blobs/${digest}` });
  if (known.status === 200) return;
  const uploads = `/v2/${repository}/blobs/uploads/`;
  const { headers } = await expectStatus(registry, 202, { method: 'POST', path: uploads });
  const location = headers.location ?? uploads;
  const path = `${location}${location.includes('?') ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
  await expectStatus(registry, 201, { method: 'PUT', path, body: bytes });
}

async function getManifest(registry: RegistryHttp, remote: RemoteImage): Promise<Buffer> {
  const request = { method: 'GET', path: manifestPath(remote), headers: { accept: manifestType } };
  const { body, headers } = await expectStatus(registry, 200, request);
  const said = headers['docker-content-digest'];
  return verified(body, typeof said === 'string' ? said : remote.reference);
}

function manifestPath({ repository, reference }: RemoteImage): string {
  return `/v2/${repository}/manifests/${reference}`;
}

function verified(bytes: Buffer, digest: string): Buffer {
  if (digestOf(bytes) !== digest) throw new Error(`the registry sent other bytes than those of ${digest}`);
  return bytes;
}

async function expectStatus(
  registry: RegistryHttp,
  status: number,
  request: RegistryRequest,
): Promise<RegistryResponse> {
  const response = await registry.send(request);
  if (response.status === status) return response;
  const said = response.body.toString().slice(0, 500);
  throw new Error(`${request.method} ${request.path.split('?')[0]} answered ${response.status}: ${said}`);
}
