import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { account, fetchToken, region, startTestAws, type TestAws } from './fixture.ts';
import { inRepository, pushImage, type Repository } from './registry-client.ts';

const run = promisify(execFile);
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
const skopeoCommand = 'skopeo';
const hasSkopeo = spawnSync(skopeoCommand, ['--version']).status === 0;

let aws: TestAws;
let folder: string;
beforeAll(async () => {
  aws = await startTestAws();
  aws.registry.createRepository(account, region, 'app');
  folder = await mkdtemp(join(tmpdir(), 'registry-proxy-'));
});
afterAll(async () => {
  await aws.stop();
  await rm(folder, { recursive: true });
});

/** The status that the proxy answers to CONNECT. */
async function connectStatus(address: string): Promise<number | undefined> {
  const outgoing = request(aws.registry.proxyUrl, { method: 'CONNECT', path: address, agent: false }).end();
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('connect', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
  });
}

describe('the proxy', () => {
  it('tunnels to the hosts of ECR', async () => {
    const layers = `prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`;
    for (const name of [host, `${account}.dkr-ecr-fips.us-east-1.on.aws`, 'public.ecr.aws', layers]) {
      expect(await connectStatus(`${name}:443`), name).toBe(200);
    }
  });

  it('refuses everything else', async () => {
    const others = [
      'example.com:443',
      `${host}:80`,
      `${host}.example.com:443`,
      `1234.dkr.ecr.${region}.amazonaws.com:443`,
    ];
    for (const address of others) expect(await connectStatus(address), address).toBe(403);
    expect((await fetch(`${aws.registry.proxyUrl}/`)).status).toBe(403);
  });
});

describe.runIf(hasSkopeo)('skopeo through the proxy', () => {
  it('pulls what was pushed, and pushes it again under another tag', async () => {
    const token = await fetchToken(aws);
    const repo: Repository = { aws, host, name: 'app', headers: { authorization: `Basic ${token}` } };
    const digest = await pushImage(repo, 'v1');
    await mkdir(join(folder, 'copy'));
    await skopeo(token, 'copy', `docker://${host}/app:v1`, `dir:${join(folder, 'copy')}`);
    await skopeo(token, 'copy', `dir:${join(folder, 'copy')}`, `docker://${host}/app:v2`);
    const head = await inRepository(repo, 'HEAD', 'manifests/v2');
    expect(head.headers['docker-content-digest']).toBe(digest);
    const inspected: unknown = JSON.parse(await skopeo(token, 'inspect', '--raw', `docker://${host}/app:v2`));
    expect(inspected).toHaveProperty('layers');
  });

  it('uploads new layers', async () => {
    aws.registry.createRepository(account, region, 'fresh');
    const token = await fetchToken(aws);
    await skopeo(token, 'copy', `docker://${host}/app:v1`, `docker://${host}/fresh:v1`);
    const uploads = aws.registry
      .requests()
      .filter(({ method, path }) => method !== 'HEAD' && path.startsWith('/v2/fresh/'));
    expect(uploads.map(({ method, status }) => `${method} ${status}`)).toEqual(
      expect.arrayContaining(['POST 202', 'PATCH 201', 'PUT 201']),
    );
  });

  it('is refused with a token that is over', async () => {
    aws.settings.update({ lifetimeScale: 1000 });
    const token = await fetchToken(aws);
    aws.settings.update({ lifetimeScale: 1 });
    await skopeo(token, 'inspect', '--raw', `docker://${host}/app:v1`);
    await aws.clock.advance(43_200);
    await expect(skopeo(token, 'inspect', '--raw', `docker://${host}/app:v1`)).rejects.toMatchObject({
      stderr: expect.stringMatching(/unauthorized|denied|expired/i),
    });
  });
});

describe('stop', () => {
  it('ends hanging calls and open tunnels at once', async () => {
    const other = await startTestAws();
    other.faults.inject({ service: 'ecr', kind: 'hang' });
    const hanging = expect(fetchToken(other)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const proxy = connect(Number(new URL(other.registry.proxyUrl).port), '127.0.0.1');
    proxy.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await once(proxy, 'data');
    const closed = once(proxy, 'close');
    await other.stop();
    await Promise.all([hanging, closed]);
  });
});

/** Runs skopeo with the credentials of an auth file, as it would run against AWS. */
async function skopeo(token: string, ...args: string[]): Promise<string> {
  const authFile = join(folder, 'auth.json');
  await writeFile(authFile, JSON.stringify({ auths: { [host]: { auth: token } } }));
  const policy = join(folder, 'policy.json');
  await writeFile(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HTTPS_PROXY: aws.registry.proxyUrl,
    SSL_CERT_FILE: aws.registry.caFile,
    REGISTRY_AUTH_FILE: authFile,
  };
  return (await run(skopeoCommand, ['--policy', policy, ...args], { env })).stdout;
}
