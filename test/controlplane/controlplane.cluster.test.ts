import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { apiRequest } from '../support/controlplane/api-request.ts';
import { startControlPlane, type ControlPlane } from '../support/controlplane/controlplane.ts';
import { waitFor } from '../support/wait-for.ts';
import { processesOf } from './processes-of.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error('the stream ended without a line');
}

async function ownControlPlane(): Promise<ControlPlane> {
  const controlPlane = await startControlPlane({ log: () => undefined });
  // Stopping again is harmless, so a test may stop it itself.
  onTestFinished(() => controlPlane.stop());
  return controlPlane;
}

test('an API server that was killed comes back on the same port with its data', async () => {
  const { adminKubeconfig, ...controlPlane } = await ownControlPlane();
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' } };
  await apiRequest(adminKubeconfig, configMaps, { method: 'POST', body });
  await controlPlane.killApiServer();
  await expect(apiRequest(adminKubeconfig, '/version')).rejects.toThrow(/ECONNREFUSED/);
  await controlPlane.startApiServer();
  expect((await apiRequest(adminKubeconfig, `${configMaps}/kept`)).status).toBe(200);
});

test('a paused API server does not answer until it is resumed', async () => {
  const { adminKubeconfig, ...controlPlane } = await ownControlPlane();
  await controlPlane.pauseApiServer();
  await expect(apiRequest(adminKubeconfig, '/version', { timeoutMs: 300 })).rejects.toThrow(/aborted/);
  await controlPlane.resumeApiServer();
  expect((await apiRequest(adminKubeconfig, '/version')).status).toBe(200);
});

test('two control planes run at once, and stop leaves neither process nor folder', async () => {
  const [one, two] = await Promise.all([ownControlPlane(), ownControlPlane()]);
  expect(one.url).not.toBe(two.url);
  expect(processesOf(one.dir)).toHaveLength(3);
  await one.stop();
  expect(processesOf(one.dir)).toEqual([]);
  expect(existsSync(one.dir)).toBe(false);
  expect((await apiRequest(two.adminKubeconfig, '/version')).status).toBe(200);
});

test('stop works while the API server is paused', async () => {
  const controlPlane = await ownControlPlane();
  await controlPlane.pauseApiServer();
  await controlPlane.stop();
  expect(processesOf(controlPlane.dir)).toEqual([]);
});

test('a test process killed by SIGKILL leaves neither process nor folder', async () => {
  const script = fileURLToPath(new URL('./orphaned-run.ts', import.meta.url));
  const run = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void run.kill('SIGKILL'));
  const dir = await firstLine(run.stdout);
  // The run itself, its supervisor, etcd and kube-apiserver; the run does not have the folder in its arguments.
  expect(processesOf(dir)).toHaveLength(3);
  run.kill('SIGKILL');
  await waitFor('all processes to be gone', () => processesOf(dir).length === 0);
  await waitFor('the folder to be gone', () => !existsSync(dir));
});
