import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { downloadVerified, reasonOf } from '../support/controlplane/download.ts';
import { fromKubernetesRelease } from '../support/controlplane/official-downloads.ts';
import { noWayMessage } from '../support/controlplane/obtain-binaries.ts';

const content = 'the program';
const sha512 = createHash('sha512').update(content).digest('hex');
const quiet = (): void => undefined;
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'download-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

test('a download with the right SHA-512 is written', async () => {
  const url = await serve((_, response) => response.end(content));
  await downloadVerified(url, sha512, join(dir, 'file'), quiet);
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe(content);
});

test('a download with another SHA-512 is refused', async () => {
  const url = await serve((_, response) => response.end('something else'));
  await expect(downloadVerified(url, sha512, join(dir, 'file'), quiet)).rejects.toThrow(
    /has SHA-512 .* expected/,
  );
});

test('a download that stalls is given up', async () => {
  const url = await serve((_, response) => void response.write('the '));
  await expect(downloadVerified(url, sha512, join(dir, 'file'), quiet, 50)).rejects.toThrow(
    /nothing arrived/,
  );
});

test('an unreachable site is named by its reason, not as "fetch failed"', async () => {
  const url = await serve(() => undefined);
  const closed = url.replace(/\d+$/, '1');
  const error: unknown = await downloadVerified(closed, sha512, join(dir, 'file'), quiet).catch(
    (e: unknown) => e,
  );
  expect(reasonOf(error)).not.toContain('fetch failed');
});

const pins = () => ({
  kubernetesVersion: 'v1.37.2',
  platform: { os: 'linux', arch: 'amd64' },
  cacheDir: dir,
});
const silent = { line: quiet, progress: quiet };

test('a binary of the official release becomes executable in the cache', async () => {
  const path = '/v1.37.2/bin/linux/amd64/kube-scheduler';
  const site = await serve(({ url }, response) => {
    response.writeHead(url === path || url === `${path}.sha512` ? 200 : 404);
    response.end(url === path ? content : sha512);
  });
  const work = mkdtempSync(join(dir, 'work-'));
  await fromKubernetesRelease('kube-scheduler', pins(), work, silent, {
    envtestIndex: '',
    kubernetesReleases: site,
  });
  expect(statSync(join(dir, 'kube-scheduler')).mode & 0o111).toBe(0o111);
});

test('a binary of the official release with a wrong checksum never reaches the cache', async () => {
  const site = await serve(({ url }, response) => response.end(url?.endsWith('.sha512') ? '00' : content));
  const work = mkdtempSync(join(dir, 'work-'));
  const sites = { envtestIndex: '', kubernetesReleases: site };
  await expect(fromKubernetesRelease('kubelet', pins(), work, silent, sites)).rejects.toThrow(/SHA-512/);
  expect(existsSync(join(dir, 'kubelet'))).toBe(false);
});

test('where neither a download nor Go works, the message names both problems and both ways out', () => {
  const message = noWayMessage(
    ['etcd'],
    ['envtest archive: ENOTFOUND', 'the command go is missing: install go'],
  );
  for (const part of [
    'cannot get etcd',
    'ENOTFOUND',
    'go is missing',
    'install Go 1.26',
    'KUBEBUILDER_ASSETS',
  ]) {
    expect(message).toContain(part);
  }
});
