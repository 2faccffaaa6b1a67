import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../bundle.ts';
import { writeDockerArchive, type ImageConfig } from './docker-archive.ts';
import { lastStageConfig } from './dockerfile.ts';
import { addFile, addProgram } from './rootfs.ts';
import { runTool } from './run-tool.ts';

/**
 * Packs the operator's image where there is no container engine: Node of this machine with its libraries, and the bundle,
 * run as the Dockerfile says. Needs root, as the compile cache is filled inside the image's file system.
 *   node tools/image/operator-image.ts [--name ecr-operator:0.1.0] [--outfile dist/image.tar]
 */
const root = join(import.meta.dirname, '../..');

/** Writes the image as an archive for `docker load`; `node` is the Node binary to pack, by default the running one. */
export async function writeOperatorImage(options: {
  readonly name: string;
  readonly file: string;
  readonly node?: string;
}): Promise<void> {
  const config = lastStageConfig(await readFile(join(root, 'Dockerfile'), 'utf8'));
  await mkdir(join(options.file, '..'), { recursive: true });
  const rootfs = await mkdtemp(`${options.file}.rootfs-`);
  try {
    await chmod(rootfs, 0o755);
    await fill(rootfs, config, options.node ?? process.execPath);
    await warmUp(rootfs, config);
    await writeDockerArchive({ rootfs, config, names: [options.name], file: options.file });
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
}

async function fill(rootfs: string, config: ImageConfig, node: string): Promise<void> {
  await addProgram(rootfs, node, firstWord(config));
  const app = join(rootfs, config.WorkingDir ?? '');
  await bundle({
    entry: join(root, 'src/main.ts'),
    outfile: join(app, 'main.mjs'),
    sourcemap: false,
    analyze: false,
  });
  await addFile(rootfs, join(root, 'LICENSE'), join(config.WorkingDir ?? '', 'LICENSE'));
  const [uid, gid] = idsOf(config);
  const cache = join(rootfs, compileCache(config));
  await mkdir(cache, { recursive: true });
  await chown(cache, uid, gid);
  await mkdir(join(rootfs, 'etc'), { recursive: true });
  await writeFile(join(rootfs, 'etc/passwd'), `nonroot:x:${uid}:${gid}::/nonexistent:/sbin/nologin\n`);
}

/** Fills the compile cache as the RUN of the Dockerfile does: Node looks it up by version, architecture and uid. */
async function warmUp(rootfs: string, config: ImageConfig): Promise<void> {
  const bundled = join(config.WorkingDir ?? '/', 'main.mjs');
  const variables = (config.Env ?? []).map((pair) => pair.split(/=(.*)/s).slice(0, 2));
  const env = { ...Object.fromEntries(variables), PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const user = `--userspec=${config.User ?? ''}`;
  await runTool('chroot', [user, rootfs, firstWord(config), bundled, '--help'], env);
}

function firstWord({ Entrypoint: [program] = [] }: ImageConfig): string {
  if (program === undefined) throw new Error('the Dockerfile has an empty ENTRYPOINT');
  return program;
}

function idsOf({ User = '' }: ImageConfig): [uid: number, gid: number] {
  const [uid, gid] = User.split(':').map(Number);
  if (!Number.isInteger(uid) || !Number.isInteger(gid))
    throw new Error(`the Dockerfile's USER is not uid:gid: ${User}`);
  return [Number(uid), Number(gid)];
}

function compileCache({ Env = [] }: ImageConfig): string {
  const folder = Env.find((pair) => pair.startsWith('NODE_COMPILE_CACHE='))?.split('=')[1];
  if (folder === undefined) throw new Error('the Dockerfile sets no NODE_COMPILE_CACHE');
  return folder;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      name: { type: 'string', default: 'ecr-operator:0.1.0' },
      outfile: { type: 'string', default: join(root, 'dist/image.tar') },
    },
  });
  if (process.getuid?.() !== 0)
    throw new Error('packing the image needs root: its files belong to other users');
  await writeOperatorImage({ name: values.name, file: values.outfile });
  console.log(`${values.outfile}: ${values.name}; load it with: docker load < ${values.outfile}`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
