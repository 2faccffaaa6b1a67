import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { inClusterCredentials } from '../../src/kube/credentials-in-cluster.ts';
import type { Credentials } from '../../src/kube/credentials.ts';
import { ManualClock } from '../support/manual-clock.ts';

let folder: string;
let clock: ManualClock;
const warnings: string[] = [];
const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-account-'));
  clock = new ManualClock();
  warnings.length = 0;
  await mount('token', 'first\n');
  await mount('ca.crt', 'CA 1');
});
afterEach(() => rm(folder, { recursive: true }));

const mount = (file: string, content: string): Promise<void> => writeFile(join(folder, file), content);
const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) };
const credentials = (): Credentials => inClusterCredentials({ env, folder, clock, log });
const token = async (from: Credentials): Promise<string | undefined> =>
  (await from.current()).authorization?.reveal();

test('the address comes from the environment, an IPv6 one in brackets', () => {
  expect(credentials().server.href).toBe('https://10.0.0.1/');
  const v6 = inClusterCredentials({
    env: { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' },
    folder,
    clock,
    log,
  });
  expect(v6.server.hostname).toBe('[fd00::1]');
});

test('outside of a pod the error says what to do', () => {
  expect(() => inClusterCredentials({ env: {}, folder, clock, log })).toThrow('name a kubeconfig instead');
});

test('the token is sent without the newline of its file, and never printed', async () => {
  const access = await credentials().current();
  expect(access.authorization?.reveal()).toBe('Bearer first');
  expect(inspect(access, { depth: 9 }) + JSON.stringify(access)).not.toContain('first');
});

test('a renewed token is used after at most a minute', async () => {
  const from = credentials();
  expect(await token(from)).toBe('Bearer first');
  await mount('token', 'second');
  expect(await token(from)).toBe('Bearer first');
  await clock.advance(60_000);
  expect(await token(from)).toBe('Bearer second');
});

test('a refused token is read anew at once', async () => {
  const from = credentials();
  const access = await from.current();
  await mount('token', 'second');
  from.refused(access);
  expect(await token(from)).toBe('Bearer second');
});

test('a refusal of a token that was replaced meanwhile changes nothing', async () => {
  const from = credentials();
  const old = await from.current();
  from.refused(old);
  await token(from);
  await mount('token', 'third');
  from.refused(old);
  expect(await token(from)).toBe('Bearer first');
});

test('the TLS material is a new object only when the CA has changed', async () => {
  const from = credentials();
  const { tls } = await from.current();
  await clock.advance(60_000);
  expect((await from.current()).tls).toBe(tls);
  await mount('ca.crt', 'CA 2');
  await clock.advance(60_000);
  expect((await from.current()).tls).toEqual({ ca: 'CA 2' });
});

test('while the files can not be read the last token stays in use, with a warning', async () => {
  const from = credentials();
  await token(from);
  await rm(join(folder, 'token'));
  await clock.advance(60_000);
  expect(await token(from)).toBe('Bearer first');
  expect(warnings).toEqual(['cannot read the Kubernetes credentials anew, going on with the last ones']);
});

test('without a first token the error names the file', async () => {
  await mount('token', '\n');
  await expect(credentials().current()).rejects.toMatchObject({
    message: 'cannot read the credentials for https://10.0.0.1/',
    cause: { message: `${join(folder, 'token')} is empty` },
  });
});
