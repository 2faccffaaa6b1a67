import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { kubeConfigCredentials, loadKubeConfig } from '../../src/kube/credentials-kubeconfig.ts';
import { loadCredentials } from '../../src/kube/credentials-load.ts';
import type { Credentials } from '../../src/kube/credentials.ts';
import { ManualClock } from '../support/manual-clock.ts';

let folder: string;
let clock: ManualClock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  clock = new ManualClock();
});
afterEach(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig of one user and two contexts; JSON is YAML. */
async function kubeconfig(user: object, cluster: object = {}): Promise<string> {
  const file = join(folder, 'config');
  const server = 'https://127.0.0.1:6443';
  const ca = base64('CA');
  const config = {
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [
      { name: 'main', context: { cluster: 'c', user: 'u' } },
      { name: 'lost', context: { cluster: 'none', user: 'u' } },
    ],
    'current-context': 'main',
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

const from = (file: string, context?: string): Credentials =>
  kubeConfigCredentials({ config: loadKubeConfig({ file, context }), clock, log: silentLog });

test('a token becomes a bearer token, next to the CA of the cluster', async () => {
  const credentials = from(await kubeconfig({ token: 'abc' }));
  expect(credentials.server.href).toBe('https://127.0.0.1:6443/');
  const { authorization, tls } = await credentials.current();
  expect(authorization?.reveal()).toBe('Bearer abc');
  expect(tls.ca).toBe('CA');
});

test('a client certificate comes with its key and without a header', async () => {
  const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
  const { authorization, tls } = await from(await kubeconfig(user)).current();
  expect(authorization).toBeUndefined();
  expect(tls.cert).toBe('CERT');
  expect(tls.key?.reveal()).toBe('KEY');
});

test('a user name and password become basic authorization', async () => {
  const { authorization } = await from(await kubeconfig({ username: 'u', password: 'p' })).current();
  expect(authorization?.reveal()).toBe(`Basic ${base64('u:p')}`);
});

test('a helper program runs once, and again when its token is refused', async () => {
  const runs = join(folder, 'runs');
  const script = `
    require('fs').appendFileSync(${JSON.stringify(runs)}, 'x');
    const n = require('fs').statSync(${JSON.stringify(runs)}).size;
    console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', status: { token: 'run-' + n } }))`;
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
  };
  const credentials = from(await kubeconfig({ exec }));
  const access = await credentials.current();
  expect(access.authorization?.reveal()).toBe('Bearer run-1');
  await clock.advance(60_000);
  expect((await credentials.current()).authorization?.reveal()).toBe('Bearer run-1');
  credentials.refused(await credentials.current());
  expect((await credentials.current()).authorization?.reveal()).toBe('Bearer run-2');
  expect(await readFile(runs, 'utf8')).toBe('xx');
});

test('a proxy of the cluster is used', async () => {
  const proxied = await kubeconfig({ token: 'abc' }, { 'proxy-url': 'http://127.0.0.1:3128' });
  expect((await from(proxied).current()).proxyAgent).toBeDefined();
  expect((await from(await kubeconfig({ token: 'abc' })).current()).proxyAgent).toBeUndefined();
});

test('a context that is missing or leads nowhere is named', async () => {
  const file = await kubeconfig({ token: 'abc' });
  expect(() => from(file, 'other')).toThrow('there is no context "other"');
  expect(() => from(file, 'lost')).toThrow('the current context "lost" has no cluster');
});

test('a named kubeconfig is used even inside a pod', async () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
  const file = await kubeconfig({ token: 'abc' });
  const credentials = await loadCredentials({ kubeconfig: file, env, clock, log: silentLog });
  expect(credentials.server.host).toBe('127.0.0.1:6443');
});

test('of the files in KUBECONFIG those that are missing or empty are passed over, and the first entry counts', async () => {
  const file = await kubeconfig({ token: 'first' });
  const empty = join(folder, 'empty');
  await writeFile(empty, '');
  const second = join(folder, 'second');
  const text = (await readFile(file, 'utf8')).replace('first', 'second').replaceAll('"main"', '"other"');
  await writeFile(second, text);
  vi.stubEnv('KUBECONFIG', [join(folder, 'missing'), empty, file, second].join(delimiter));
  const config = loadKubeConfig();
  expect(config.getContexts().map(({ name }) => name)).toEqual(['main', 'lost', 'other']);
  expect(config.currentContext).toBe('main');
  expect(config.getUsers().map(({ token }) => token)).toEqual(['first']);
  vi.stubEnv('KUBECONFIG', join(folder, 'missing'));
  expect(() => loadKubeConfig()).toThrow(join(folder, 'missing'));
});

test.each(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001'])(
  'a proxy of kubectl at %s needs no certificate',
  async (server) => {
    const { authorization } = await from(await kubeconfig({ token: 'abc' }, { server })).current();
    expect(authorization?.reveal()).toBe('Bearer abc');
  },
);

test('plain http to another machine is refused', async () => {
  const credentials = from(await kubeconfig({ token: 'abc' }, { server: 'http://192.0.2.1:8001' }));
  await expect(credentials.current()).rejects.toThrow('cannot read the credentials');
});
