import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { condition, registrySubject } from './fixtures.ts';

const { object } = registrySubject({}, { conditions: [condition('False', 'Denied', 'AWS says no')] });

/** An API server behind a proxy of kubectl: it serves one registry, and nothing else may be read. */
const server = createServer(({ url = '' }, response) => {
  const isRegistry = url.includes('/ecrregistries/prod');
  const message = 'User "jane" cannot get resource "any" in API group "" in the namespace "ci"';
  const refusal = { kind: 'Status', code: 403, reason: 'Forbidden', message };
  response.writeHead(isRegistry ? 200 : 403, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isRegistry ? object : refusal));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const folder = await mkdtemp(join(tmpdir(), 'ecr-operator-cli-'));
const kubeconfig = join(folder, 'config');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
await writeFile(
  kubeconfig,
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: url } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'main',
  }),
);
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ['src/kubectl-ecr.ts', ...args, `--kubeconfig=${kubeconfig}`], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env['PATH'] ?? '' },
  });

/** Exit code and what was said on standard error. */
async function ended(child: ChildProcess): Promise<[code: number, said: string]> {
  const { stderr } = child;
  if (stderr === null) throw new Error('standard error is not a pipe');
  const [said, [code]] = await Promise.all([text(stderr), once(child, 'exit')]);
  return [code as number, said];
}

test('a reader that closes the pipe changes nothing about the exit code', async () => {
  const child = start('explain', 'ecr/prod', '-n', 'ci');
  child.stdout?.destroy();
  expect(await ended(child)).toEqual([1, '']);
});

test('standard input that does not end is given up when the time is over', async () => {
  const child = start('test', '-f', '-', '--timeout=200ms');
  const [code, said] = await ended(child);
  expect(code).toBe(3);
  expect(said).toContain('- has not ended, and 0.2 s are over');
}, 20_000);

test('standard input that does not end is given up on Ctrl-C', async () => {
  const child = start('test', '-f', '-');
  // Only somebody who reads takes more than a pipe holds.
  const taken = new Promise((resolve) => child.stdin?.write('#'.repeat(4_000_000), resolve));
  await taken;
  child.kill('SIGINT');
  expect(await ended(child)).toEqual([3, 'error: interrupted\n']);
}, 20_000);
