import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

const Descriptor = z.looseObject({ mediaType: z.string(), digest: z.string(), size: z.number() });
export type Descriptor = z.infer<typeof Descriptor>;

/** The part of an OCI image manifest that copying needs. */
const Manifest = z.looseObject({ config: Descriptor, layers: z.array(Descriptor) });

const Index = z.looseObject({
  manifests: z.array(Descriptor.extend({ annotations: z.record(z.string(), z.string()).optional() })),
});

/** One image for one platform: the bytes of its manifest, and of everything that the manifest names, by digest. */
export interface Image {
  readonly manifest: Buffer;
  readonly blobs: ReadonlyMap<string, Buffer>;
}

/** `sha256:<hex>` of some bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The configuration and the layers that a manifest names. Throws where it is no image manifest. */
export function blobsOf(manifest: Buffer): Descriptor[] {
  const { config, layers } = Manifest.parse(JSON.parse(manifest.toString()));
  return [config, ...layers];
}

/** Writes an image under a tag as an OCI image layout: the folder that skopeo calls `oci:<folder>:<tag>`. */
export async function writeLayout(folder: string, tag: string, { manifest, blobs }: Image): Promise<void> {
  const digest = digestOf(manifest);
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  for (const [name, bytes] of [...blobs, [digest, manifest] as const])
    await writeFile(blobFile(folder, name), bytes);
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const entry = { mediaType: manifestType, digest, size: manifest.length, annotations };
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
}

/** Reads an image from an OCI image layout, and checks every digest in it. */
export async function readLayout(folder: string, tag: string): Promise<Image> {
  const index = Index.parse(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')));
  const entry = index.manifests.find((m) => m.annotations?.['org.opencontainers.image.ref.name'] === tag);
  if (entry === undefined) throw new Error(`${folder} has no image with the tag ${tag}`);
  const manifest = await readBlob(folder, entry.digest);
  const blobs = new Map<string, Buffer>();
  for (const { digest } of blobsOf(manifest)) blobs.set(digest, await readBlob(folder, digest));
  return { manifest, blobs };
}

async function readBlob(folder: string, digest: string): Promise<Buffer> {
  const bytes = await readFile(blobFile(folder, digest));
  if (digestOf(bytes) !== digest) throw new Error(`${folder}: the bytes of ${digest} have another digest`);
  return bytes;
}

function blobFile(folder: string, digest: string): string {
  return join(folder, 'blobs', digest.replace(':', '/'));
}
