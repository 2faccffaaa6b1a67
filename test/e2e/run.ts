/**
 * `make e2e`: the end-to-end tests on a real node of this machine; with CLUSTER=kind on a cluster that kind makes.
 *   node test/e2e/run.ts [--check] [vitest arguments...]
 * --check only says whether they can run here: exit code 1 when packages are missing, 77 when this machine or user cannot
 * run them whatever is installed.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeOperatorImage } from '../../tools/image/operator-image.ts';
import { ensureBinaries } from '../support/controlplane/binaries.ts';
import { duration } from '../support/controlplane/progress.ts';
import { createCgroup, tryCgroup } from '../support/node/cgroups.ts';
import { writeNodeImages } from '../support/node/images.ts';
import { runIsolated } from '../support/node/isolation.ts';
import { missingForKind, missingForNode, thisMachine } from '../support/node/prerequisites.ts';
import { runInheriting } from '../support/node/run-inheriting.ts';
import { stage } from '../support/node/stages.ts';
import { operatorImage, type E2eSettings } from './settings.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.tmp/e2e');
const logDir = join(folder, 'logs');

const forAll = ['kubectl', 'helm'] as const;
const forNode = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet'] as const;

async function prepare(cluster: E2eSettings['cluster']): Promise<E2eSettings['images']> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(logDir, { recursive: true });
  await stage('binaries', () => ensureBinaries(cluster === 'kind' ? forAll : [...forAll, ...forNode]));
  return await stage('images', async () => {
    const operator = join(folder, 'images/operator.tar');
    await writeOperatorImage({ name: operatorImage, file: operator });
    return { operator, ...(await writeNodeImages(join(folder, 'images'))) };
  });
}

async function run(cluster: E2eSettings['cluster'], vitestArgs: readonly string[]): Promise<number> {
  const images = await prepare(cluster);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const command = [process.execPath, vitest, 'run', '--project=e2e', '--reporter=verbose', ...vitestArgs];
  const envFor = (cgroupRoot: string): NodeJS.ProcessEnv => {
    const settings: E2eSettings = { cluster, images, logDir, cgroupRoot };
    return { ...process.env, E2E: JSON.stringify(settings) };
  };
  if (cluster === 'kind') return await runInheriting(command, envFor(''));
  const cgroup = await stage('control group', createCgroup);
  try {
    return await runIsolated(command, envFor(cgroup.root));
  } finally {
    await cgroup.remove();
  }
}

const since = Date.now();
const args = process.argv.slice(2);
const cluster = process.env['CLUSTER'] === 'kind' ? 'kind' : 'node';
const { sentences, installable } = (cluster === 'kind' ? missingForKind : missingForNode)(thisMachine());
const cgroupRefusal = cluster === 'node' && sentences.length === 0 ? await tryCgroup() : undefined;
if (sentences.length > 0) {
  console.error(`make e2e cannot run here:\n- ${sentences.join('\n- ')}`);
  process.exitCode = installable ? 1 : 77;
} else if (cgroupRefusal !== undefined) {
  console.error(`make e2e cannot run here:\n- pods need control groups: ${cgroupRefusal}`);
  process.exitCode = 77;
} else if (!args.includes('--check')) {
  process.exitCode = await run(cluster, args);
  const outcome = process.exitCode === 0 ? 'passed' : `failed (logs: ${relative('', logDir)})`;
  console.error(`make e2e: ${outcome} after ${duration(Date.now() - since)}`);
}
