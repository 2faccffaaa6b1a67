import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../tools/bundle.ts';
import { runCommand } from '../support/controlplane/run-command.ts';

const root = join(import.meta.dirname, '../..');

/** Uses one class of a package with hundreds, and a CommonJS package that requires a module of Node. */
const program = `
  import { KubeConfig } from '@kubernetes/client-node';
  import { pino } from 'pino';
  const config = new KubeConfig();
  pino().info({ contexts: config.getContexts().length }, 'started');
`;

let folder: string;
let entry: string;
beforeAll(async () => {
  // Inside of the project, where packages are found.
  await mkdir(join(root, '.tmp'), { recursive: true });
  folder = await mkdtemp(join(root, '.tmp/bundle-'));
  entry = join(folder, 'entry.ts');
  await writeFile(entry, program);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it('writes one file that runs without node_modules and holds no unused models', async () => {
  const outfile = join(folder, 'plain/main.mjs');
  const { bytes } = await bundle({ entry, outfile, sourcemap: false, analyze: false });
  expect(await readdir(join(folder, 'plain'))).toEqual(['main.mjs']);
  expect(await runCommand(process.execPath, [outfile])).toContain('"msg":"started"');
  const text = await readFile(outfile, 'utf8');
  expect(text.includes('KubeConfig')).toBe(true);
  expect(text.includes('V1ReplicationController')).toBe(false);
  expect(bytes).toBe(Buffer.byteLength(text));
}, 60_000);

it('writes a source map and the list of modules only when asked to', async () => {
  const outfile = join(folder, 'full/main.mjs');
  const { largest } = await bundle({ entry, outfile, sourcemap: true, analyze: true });
  expect((await readdir(join(folder, 'full'))).toSorted()).toEqual(['main.mjs', 'main.mjs.map', 'meta.json']);
  expect(largest[0]?.bytes).toBeGreaterThan(0);
}, 60_000);
