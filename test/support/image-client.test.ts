import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Redacted } from '../../src/base/redacted.ts';
import { account, fetchToken, region, startTestAws, type TestAws } from '../aws-local/fixture.ts';
import { sampleImage } from '../demo/sample-image.ts';
import { digestOf, readLayout, writeLayout } from './image-client-layout.ts';
import { inspectImage, pullImage, pushImage, type Access, type RemoteImage } from './image-client.ts';

const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
const remote: RemoteImage = { host, repository: 'team/app', reference: 'v1' };
const image = sampleImage('hello');

describe('the image client', () => {
  let aws: TestAws;
  let access: Access;

  beforeAll(async () => {
    aws = await startTestAws();
    aws.registry.createRepository(account, region, 'team/app');
    const password = Buffer.from(await fetchToken(aws), 'base64')
      .toString()
      .slice('AWS:'.length);
    access = {
      login: { username: 'AWS', password: new Redacted(password) },
      proxyUrl: aws.registry.proxyUrl,
      ca: await readFile(aws.registry.caFile, 'utf8'),
    };
  });
  afterAll(() => aws.stop());

  it('pulls through the proxy what it pushed', async () => {
    await pushImage(remote, image, access);
    const pulled = await pullImage(remote, access);
    expect(pulled.manifest.equals(image.manifest)).toBe(true);
    expect(pulled.blobs).toEqual(image.blobs);
    expect(await inspectImage(remote, access)).toBe(digestOf(image.manifest));
  });

  it('keeps the login from the storage that layers are redirected to', async () => {
    aws.registry.resetRequests();
    await pullImage(remote, access);
    const elsewhere = aws.registry.requests().filter((request) => request.host !== host);
    // The storage answers 400 to a request that carries a login beside its signed URL.
    expect(elsewhere.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('says what the registry said when the login is refused', async () => {
    const login = { username: 'AWS', password: new Redacted('wrong') };
    await expect(pullImage(remote, { ...access, login })).rejects.toThrow(/401.*Not Authorized/);
  });

  it('does not trust a registry whose authority it was not given', async () => {
    await expect(pullImage(remote, { ...access, ca: undefined })).rejects.toThrow(/certificate/);
  });

  it('refuses a layout in which bytes do not fit their digest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'image-layout-'));
    try {
      const [digest = ''] = image.blobs.keys();
      const damaged = new Map([...image.blobs, [digest, Buffer.from('other')] as const]);
      await writeLayout(folder, 'good', image);
      expect(await readLayout(folder, 'good')).toEqual(image);
      await writeLayout(folder, 'bad', { ...image, blobs: damaged });
      await expect(readLayout(folder, 'bad')).rejects.toThrow(`the bytes of ${digest} have another digest`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
