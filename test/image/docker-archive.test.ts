import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeDockerArchive, type ImageConfig } from '../../tools/image/docker-archive.ts';
import { runTool } from '../../tools/image/run-tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'docker-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config: ImageConfig = { Cmd: ['/bin/hello'], User: '1:2' };
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** A root file system of one program, last changed at `time` (seconds). */
function rootfsOf(name: string, time: number): string {
  const rootfs = join(folder, name);
  mkdirSync(join(rootfs, 'bin'), { recursive: true });
  writeFileSync(join(rootfs, 'bin/hello'), 'hello');
  chmodSync(join(rootfs, 'bin/hello'), 0o755);
  utimesSync(join(rootfs, 'bin/hello'), time, time);
  return rootfs;
}

async function archiveOf(rootfs: string, names = ['localhost/hello:1']): Promise<string> {
  const file = `${rootfs}.tar`;
  await writeDockerArchive({ rootfs, config, names, file });
  return file;
}

// GNU tar, which is what Linux has.
const itOnLinux = it.skipIf(process.platform !== 'linux');

itOnLinux(
  'the archive leads from the names to a config, and from that to the layer by its digest',
  async () => {
    const names = ['localhost/hello:1', 'localhost/hello:2'];
    const out = join(folder, 'out');
    mkdirSync(out);
    await runTool('tar', ['-xf', await archiveOf(rootfsOf('one', 1000), names), '-C', out]);
    const [manifest] = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
      Config: string;
      RepoTags: string[];
      Layers: [string];
    }[];
    expect(manifest?.RepoTags).toEqual(names);
    const image = readFileSync(join(out, manifest?.Config ?? ''), 'utf8');
    expect(manifest?.Config).toBe(`${sha256(image)}.json`);
    const layer = join(out, manifest?.Layers[0] ?? '');
    expect(JSON.parse(image)).toMatchObject({
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(readFileSync(layer))}`] },
    });
    expect(await runTool('tar', ['-tvf', layer])).toMatch(/^-rwxr-xr-x .* \.\/bin\/hello$/m);
  },
);

itOnLinux('equal files give an equal image, whenever they were written', async () => {
  const [early, late] = [await archiveOf(rootfsOf('early', 1000)), await archiveOf(rootfsOf('late', 2000))];
  expect(sha256(readFileSync(late))).toBe(sha256(readFileSync(early)));
});

itOnLinux('a failure leaves neither an archive nor its parts', async () => {
  const rootfs = join(folder, 'missing');
  await expect(archiveOf(rootfs)).rejects.toThrow('tar');
  expect(await runTool('ls', [folder])).not.toContain('missing');
});
