import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runTool } from './run-tool.ts';

/** What an image says about how it is run, in the words of the image format. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  /** `uid:gid`. */
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** An image to write. */
export interface ImageArchive {
  /** Folder with the files of the image; owners and modes are taken over. */
  readonly rootfs: string;
  readonly config: ImageConfig;
  /** `name:tag`, any number of them for the same image. */
  readonly names: readonly string[];
  /** Where the archive goes: what `docker save` writes, and `docker load`, skopeo, ctr and kind read. */
  readonly file: string;
}

/** Architectures in the words of the image format, by those of Node. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Packs an image of one layer without a container engine. Equal files give an equal image. */
export async function writeDockerArchive({ rootfs, config, names, file }: ImageArchive): Promise<void> {
  const folder = `${file}.parts`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const layer = join(folder, 'layer.tar');
    await pack(rootfs, layer, ['.']);
    const image = JSON.stringify({
      architecture: architectures[process.arch] ?? process.arch,
      os: 'linux',
      created: new Date(0).toISOString(),
      config,
      rootfs: { type: 'layers', diff_ids: [`sha256:${await sha256Of(layer)}`] },
      history: [{ created: new Date(0).toISOString(), created_by: 'one layer of files' }],
    });
    const configName = `${createHash('sha256').update(image).digest('hex')}.json`;
    await writeFile(join(folder, configName), image);
    const manifest = [{ Config: configName, RepoTags: names, Layers: ['layer.tar'] }];
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    await pack(folder, `${file}.new`, ['manifest.json', configName, 'layer.tar']);
    await rename(`${file}.new`, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sorted and without times, so that the digest of the layer depends on the files alone. */
async function pack(folder: string, file: string, members: readonly string[]): Promise<void> {
  const same = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=gnu'];
  await runTool('tar', ['--create', `--file=${file}`, `--directory=${folder}`, ...same, ...members]);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
