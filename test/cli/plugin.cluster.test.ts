import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../tools/bundle.ts';
import { createFixture } from '../operator/fixture.ts';
import { createRegistry, specFor } from '../operator/registries.ts';
import { ensureBinaries } from '../support/controlplane/binaries.ts';
import { runToEnd } from './cli-process.ts';

const f = await createFixture();
const { kubectl } = await ensureBinaries(['kubectl']);
const folder = await mkdtemp(join(tmpdir(), 'kubectl-ecr-'));
afterAll(() => rm(folder, { recursive: true }));

const env = {
  // The plugin, the Node that it names in its first line, and what a shell script needs.
  PATH: [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
  HOME: folder,
  KUBECONFIG: f.controlPlane.adminKubeconfig,
};
const run = (...args: string[]) => runToEnd(kubectl, args, env);

beforeAll(async () => {
  const outfile = join(folder, 'kubectl-ecr.mjs');
  const entry = join(import.meta.dirname, '../../src/kubectl-ecr.ts');
  await bundle({ entry, outfile, sourcemap: false, analyze: false });
  // As npm puts a program on the PATH.
  await symlink(outfile, join(folder, 'kubectl-ecr'));
  if (!process.execPath.endsWith('/node')) await symlink(process.execPath, join(folder, 'node'));
  const { out } = await run('ecr', 'completion', 'kubectl');
  const completion = join(folder, 'kubectl_complete-ecr');
  await writeFile(completion, out);
  await chmod(completion, 0o755);
  await createRegistry(f, 'prod', specFor('puller'));
}, 60_000);

test('kubectl finds the plugin, and hands its options and exit code through', async () => {
  expect((await run('plugin', 'list')).out).toContain(join(folder, 'kubectl-ecr'));
  expect(await run('ecr', '--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
  const got = await run('ecr', 'get', 'ecr', '-n', f.namespace);
  expect([got.code, got.err]).toEqual([0, '']);
  expect(got.out).toMatch(/^EcrRegistry +prod +- +NotSeenYet /m);
  const explained = await run('ecr', 'explain', 'prod', '-n', f.namespace, '-o', 'yaml');
  expect(explained.code).toBe(1);
  expect(explained.out).toContain('name: prod\n');
  expect((await run('ecr', 'no-such-command')).code).toBe(2);
});

test('kubectl completes commands, options and the names of objects', async () => {
  const complete = async (...words: string[]): Promise<string[]> =>
    (await run('__complete', 'ecr', ...words)).out.split('\n');
  expect(await complete('ex')).toEqual(['explain', ':4', '']);
  expect(await complete('refresh', '--wa')).toEqual(['--wait', ':4', '']);
  expect(await complete('explain', '-n', f.namespace, 'p')).toEqual(['prod', ':4', '']);
  expect(await complete('explain', '-n', f.namespace)).toContain(f.namespace);
  expect(await complete('get', '--context', '')).toEqual(['ecr-operator', ':4', '']);
  expect(await complete('test', '-f', '')).toEqual([':0', '']);
});

test('bash completes the program by itself', async () => {
  const script = `
    source <(kubectl-ecr completion bash)
    complete -p kubectl-ecr
    COMP_WORDS=(kubectl-ecr explain -n ${f.namespace} '') COMP_CWORD=4
    _kubectl_ecr 2>/dev/null
    echo "\${COMPREPLY[@]}"`;
  const { out } = await runToEnd('bash', ['-c', script], env);
  expect(out).toBe('complete -o default -F _kubectl_ecr kubectl-ecr\nprod\n');
});
