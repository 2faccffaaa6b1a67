import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Auth } from '../../src/docker-config/docker-config.ts';
import { createOciClient, type OciClient, type OciClientOptions } from '../../src/oci/client.ts';
import { account, fetchToken, region, startTestAws, type TestAws } from '../aws-local/fixture.ts';
import { loginOf } from './contract.ts';
import { failureOf } from './fixture.ts';

const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

let aws: TestAws;
let login: Auth;
let ca: Buffer;
let endpoint: URL;
beforeAll(async () => {
  aws = await startTestAws();
  login = loginOf(await fetchToken(aws));
  ca = await readFile(aws.registry.caFile);
  endpoint = new URL(`https://127.0.0.1:${aws.registry.port}`);
});
beforeEach(() => aws.registry.resetRequests());
afterAll(() => aws.stop());

const connect = (options: Partial<OciClientOptions>): OciClient => {
  const client = createOciClient({ host, login, ...options });
  onTestFinished(() => client.close());
  return client;
};

describe('TLS', () => {
  it('takes the certificate of an authority that is given, for the name of the registry', async () => {
    await connect({ endpoint, ca }).ping();
    expect(aws.registry.requests()).toMatchObject([
      { host, status: 401 },
      { host, status: 200 },
    ]);
  });

  it('refuses a certificate of any other authority, and sends nothing', async () => {
    const failure = await failureOf(connect({ endpoint }).ping());
    expect(failure).toMatchObject({ reason: 'TLSFailed', status: 0 });
    expect(failure.nextStep).toContain('CA certificate');
    expect(aws.registry.requests()).toEqual([]);
  });

  it('refuses a certificate for another name', async () => {
    const failure = await failureOf(connect({ host: 'registry.example', endpoint, ca }).ping());
    expect(failure).toMatchObject({ reason: 'TLSFailed', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(aws.registry.requests()).toEqual([]);
  });
});

describe('a proxy', () => {
  const throughProxy = (more: object = {}): Partial<OciClientOptions> => ({
    ca,
    proxyEnv: { HTTPS_PROXY: aws.registry.proxyUrl, ...more },
  });

  it('of HTTPS_PROXY leads to the registry under its own name', async () => {
    await connect(throughProxy()).ping();
    expect(aws.registry.requests().at(-1)).toMatchObject({ host, status: 200 });
  });

  it('that refuses is named as the cause', async () => {
    const failure = await failureOf(connect({ ...throughProxy(), host: 'registry.example' }).ping());
    expect(failure).toMatchObject({ reason: 'ProxyRefused', code: 'ERR_PROXY_TUNNEL' });
    expect(failure.nextStep).toContain('registry.example');
  });

  it('is passed by for the names in NO_PROXY', async () => {
    // The certificate does not have this name: that it was seen at all shows that no proxy was in between.
    const local = { host: `localhost:${aws.registry.port}` };
    expect(await failureOf(connect({ ...throughProxy(), ...local }).ping())).toMatchObject({
      reason: 'ProxyRefused',
    });
    expect(
      await failureOf(connect({ ...throughProxy({ NO_PROXY: 'localhost' }), ...local }).ping()),
    ).toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('has a login of its own, which no failure shows', async () => {
    const url = new URL(aws.registry.proxyUrl);
    url.username = 'proxy-user';
    url.password = 'proxy-password';
    const options = { ...throughProxy({ HTTPS_PROXY: url.href }), host: 'registry.example' };
    const failure = await failureOf(connect(options).ping());
    expect(failure.reason).toBe('ProxyRefused');
    expect(inspect(failure, { depth: 9 })).not.toContain('proxy-password');
  });
});

describe('a process', () => {
  it('brings its authorities with NODE_EXTRA_CA_CERTS, and its proxy with HTTPS_PROXY', async () => {
    const script = `
      import { createOciClient } from ${JSON.stringify(new URL('../../src/oci/client.ts', import.meta.url).href)};
      import { rootCertificates } from 'node:tls';
      // More than that, not instead of it.
      const ca = Buffer.from(rootCertificates[0]);
      const client = createOciClient({ host: ${JSON.stringify(host)}, login: undefined, ca, proxyEnv: process.env });
      const { reason, status } = await client.ping().catch((error) => error);
      console.log(reason, status);
      client.close();`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        env: { NODE_EXTRA_CA_CERTS: aws.registry.caFile, HTTPS_PROXY: aws.registry.proxyUrl },
      },
    );
    expect(stdout).toBe('NoCredentials 401\n');
  });
});
