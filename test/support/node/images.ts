import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDockerArchive, type ImageConfig } from '../../../tools/image/docker-archive.ts';
import { addFile, addProgram } from '../../../tools/image/rootfs.ts';
import { pauseImage } from './configuration.ts';
import { programFile } from './program-file.ts';

export const busyboxImage = 'localhost/busybox:1';
export const skopeoImage = 'localhost/skopeo:1';
/** In the skopeo image: an image to push, as `docker-archive:`. */
export const sampleArchive = '/sample/busybox.tar';

/** Applets of busybox that pods of the tests use. */
const applets = ['sh', 'cat', 'sleep', 'ls', 'id', 'touch', 'true', 'wget'];
const environment = ['PATH=/usr/bin:/bin'];

/** Packs the images of the pods, from programs of this machine, into `folder`; gives the archives. */
export async function writeNodeImages(folder: string): Promise<{ busybox: string; skopeo: string }> {
  await mkdir(folder, { recursive: true });
  const busybox = join(folder, 'busybox.tar');
  await packImage(
    busybox,
    [pauseImage, busyboxImage],
    { Cmd: ['sleep', '2147483647'], Env: environment },
    addBusybox,
  );
  const skopeo = join(folder, 'skopeo.tar');
  await packImage(skopeo, [skopeoImage], { Env: environment, WorkingDir: '/tmp' }, async (rootfs) => {
    await addBusybox(rootfs);
    await addProgram(rootfs, programFile('skopeo'), '/usr/bin/skopeo');
    await addFile(rootfs, busybox, sampleArchive);
    // The mode of mkdir is cut by the umask.
    await mkdir(join(rootfs, 'tmp'));
    await chmod(join(rootfs, 'tmp'), 0o1777);
  });
  return { busybox, skopeo };
}

async function packImage(
  file: string,
  names: readonly string[],
  config: ImageConfig,
  fill: (rootfs: string) => Promise<void>,
): Promise<void> {
  const rootfs = await mkdtemp(`${file}.rootfs-`);
  try {
    await chmod(rootfs, 0o755);
    await fill(rootfs);
    await writeDockerArchive({ rootfs, config, names, file });
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
}

async function addBusybox(rootfs: string): Promise<void> {
  await addFile(rootfs, programFile('busybox'), '/bin/busybox');
  for (const applet of applets) await symlink('busybox', join(rootfs, 'bin', applet));
}
