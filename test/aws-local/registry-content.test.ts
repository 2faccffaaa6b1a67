import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { account, fetchToken, region, startTestAws, type TestAws } from './fixture.ts';
import {
  errorOf,
  imageManifest,
  imageType,
  indexType,
  inRepository,
  pushImage,
  pushLayer,
  putManifest,
  refusal,
  send,
  sha256,
  type Repository,
} from './registry-client.ts';

const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

let aws: TestAws;
let repo: Repository;
let immutable: Repository;
beforeAll(async () => {
  aws = await startTestAws();
  aws.registry.createRepository(account, region, 'team/app');
  aws.registry.createRepository(account, region, 'releases', { immutableTags: true });
  const headers = { authorization: `Basic ${await fetchToken(aws)}` };
  repo = { aws, host, name: 'team/app', headers };
  immutable = { ...repo, name: 'releases' };
});
afterAll(() => aws.stop());

describe('manifests', () => {
  it('come back byte for byte, by tag and by digest', async () => {
    const digest = await pushImage(repo, 'v1');
    for (const reference of ['v1', digest]) {
      const response = await inRepository(repo, 'GET', `manifests/${reference}`);
      expect(response.status).toBe(200);
      expect(sha256(response.body.toString())).toBe(digest);
      expect(response.headers).toMatchObject({ 'content-type': imageType, 'docker-content-digest': digest });
      const head = await inRepository(repo, 'HEAD', `manifests/${reference}`);
      expect(head).toMatchObject({
        status: 200,
        headers: { 'content-length': String(response.body.length) },
      });
    }
  });

  it('are unknown until they are pushed, and repositories until they are created', async () => {
    expect(errorOf(await inRepository(repo, 'GET', 'manifests/absent'))).toEqual(
      refusal(404, 'MANIFEST_UNKNOWN', 'Requested image not found'),
    );
    const message = `The repository with name 'absent' does not exist in the registry with id '${account}'`;
    for (const [method, path] of [
      ['GET', 'manifests/v1'],
      ['POST', 'blobs/uploads/'],
    ] as const) {
      const response = await inRepository({ ...repo, name: 'absent' }, method, path);
      expect(errorOf(response)).toEqual(refusal(404, 'NAME_UNKNOWN', message));
    }
  });

  it('are one set for all spellings of a host, and another for each region and account', async () => {
    await pushImage(repo, 'spelling');
    const other = { ...repo, host: `${account}.dkr-ecr.${region}.on.aws` };
    expect((await inRepository(other, 'HEAD', 'manifests/spelling')).status).toBe(200);
    const foreign = { ...repo, host: `444455556666.dkr.ecr.${region}.amazonaws.com` };
    expect((await inRepository(foreign, 'HEAD', 'manifests/spelling')).status).toBe(404);
  });

  it('need their layers first, and have to fit their digest', async () => {
    await pushLayer(repo, '{}');
    const missing = sha256('never pushed');
    expect(errorOf(await putManifest(repo, 'v2', imageManifest('{}', 'never pushed')))).toEqual(
      refusal(
        404,
        'MANIFEST_BLOB_UNKNOWN',
        expect.stringContaining(`Layers with digests '[${missing}]' required`),
      ),
    );
    const manifest = imageManifest('{}', '{}');
    expect((await putManifest(repo, missing, manifest)).status).toBe(400);
    expect((await putManifest(repo, sha256(manifest), manifest)).status).toBe(201);
    expect((await putManifest(repo, 'v2', 'no json')).status).toBe(400);
  });

  it('of an index need their images first', async () => {
    const missing = sha256('no image');
    expect(errorOf(await putManifest(repo, 'all', imageIndex(missing), indexType))).toEqual(
      refusal(
        404,
        'MANIFEST_BLOB_UNKNOWN',
        expect.stringContaining(`Images with digests '[${missing}]' required`),
      ),
    );
    const digest = await pushImage(repo, 'amd64');
    expect((await putManifest(repo, 'all', imageIndex(digest), indexType)).status).toBe(201);
  });

  it('never replace an immutable tag, not even with themselves', async () => {
    const digest = await pushImage(immutable, 'v1');
    await expect(pushImage(immutable, 'v1')).rejects.toThrow(
      /TAG_INVALID.*because the repository is immutable/,
    );
    await expect(pushImage(immutable, 'v1', 'other layer')).rejects.toThrow(/TAG_INVALID/);
    const { body } = await inRepository(immutable, 'GET', 'manifests/v1');
    expect((await putManifest(immutable, digest, body.toString())).status).toBe(201);
    await pushImage(repo, 'moving');
    await pushImage(repo, 'moving', 'other layer');
  });

  it('are listed by tag, page by page', async () => {
    for (const tag of ['b', 'a', 'c']) await pushImage(immutable, `list-${tag}`);
    const first = await inRepository(immutable, 'GET', 'tags/list?n=2');
    expect(JSON.parse(first.body.toString())).toEqual({ name: 'releases', tags: ['list-a', 'list-b'] });
    const next = /^<(.*)>; rel="next"$/.exec(String(first.headers['link']))?.[1] ?? '';
    const second = await send(aws, { host, path: next, headers: repo.headers });
    expect(JSON.parse(second.body.toString())).toMatchObject({ tags: ['list-c', 'v1'] });
    expect(second.headers).not.toHaveProperty('link');
  });
});

describe('layers', () => {
  it('are served from another host, which refuses registry credentials', async () => {
    const digest = await pushLayer(repo, 'some bytes');
    const head = await inRepository(repo, 'HEAD', `blobs/${digest}`);
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': '10' } });
    const redirect = await inRepository(repo, 'GET', `blobs/${digest}`);
    expect(redirect.status).toBe(307);
    const target = new URL(String(redirect.headers['location']));
    expect(target.hostname).toBe(`prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com`);
    const call = { host: target.hostname, path: target.pathname + target.search };
    expect((await send(aws, call)).body.toString()).toBe('some bytes');
    const forwarded = await send(aws, { ...call, headers: repo.headers });
    expect(forwarded.status).toBe(400);
    expect(forwarded.body.toString()).toContain('Only one auth mechanism allowed');
  });

  it('cannot be read with a link that was changed or is over an hour old', async () => {
    const digest = await pushLayer(repo, 'bytes behind a link');
    const other = await pushLayer(repo, 'other bytes');
    const { headers } = await inRepository(repo, 'GET', `blobs/${digest}`);
    const { hostname, pathname, search } = new URL(String(headers['location']));
    expect((await send(aws, { host: hostname, path: `/${other}${search}` })).status).toBe(403);
    await aws.clock.advance(3_600_000);
    expect((await send(aws, { host: hostname, path: pathname + search })).status).toBe(403);
  });

  it('belong to the repository that they were pushed to', async () => {
    const digest = await pushLayer(repo, 'only here');
    expect((await inRepository(immutable, 'HEAD', `blobs/${digest}`)).status).toBe(404);
  });
});

describe('uploads', () => {
  const large = Buffer.alloc(5 * 1024 * 1024, 'x');

  it('start instead of mounting a layer', async () => {
    const digest = await pushLayer(repo, 'mountable');
    const response = await inRepository(immutable, 'POST', `blobs/uploads/?mount=${digest}&from=team/app`);
    expect(response.status).toBe(202);
    expect(response.headers['location']).toMatch(/^\/v2\/releases\/blobs\/uploads\/[0-9a-f-]{36}$/);
  });

  it('answer 201 to a part, and their range stays at the end of the first one', async () => {
    const path = await startUpload();
    for (const body of [large, 'and the rest']) {
      const part = await sendTo(path, 'PATCH', { body });
      expect(part).toMatchObject({ status: 201, headers: { range: `0-${large.length - 1}` } });
    }
    const digest = sha256(`${large.toString()}and the rest`);
    expect((await sendTo(`${path}?digest=${digest}`, 'PUT')).status).toBe(201);
    expect((await inRepository(repo, 'HEAD', `blobs/${digest}`)).status).toBe(200);
  });

  it('refuse a part that does not start where the last one ended', async () => {
    const path = await startUpload();
    await sendTo(path, 'PATCH', { body: large });
    const again = await sendTo(path, 'PATCH', { body: 'xx', headers: { 'Content-Range': '1-2' } });
    expect(again.status).toBe(416);
  });

  it('refuse a part after one of less than 5 MiB', async () => {
    const path = await startUpload();
    await sendTo(path, 'PATCH', { body: 'small' });
    expect((await sendTo(path, 'PATCH', { body: 'more' })).status).toBe(400);
  });

  it('refuse content that does not fit its digest', async () => {
    const path = await startUpload();
    const response = await sendTo(`${path}?digest=${sha256('promised')}`, 'PUT', { body: 'delivered' });
    expect(errorOf(response)).toEqual(
      refusal(400, 'DIGEST_INVALID', expect.stringContaining(sha256('delivered'))),
    );
  });

  it('are gone once they are cancelled', async () => {
    const path = await startUpload();
    expect((await sendTo(path, 'GET')).status).toBe(204);
    expect((await sendTo(path, 'DELETE')).status).toBe(204);
    expect(errorOf(await sendTo(path, 'PATCH', { body: 'late' }))).toMatchObject({ status: 404 });
  });
});

async function startUpload(): Promise<string> {
  return String((await inRepository(repo, 'POST', 'blobs/uploads/')).headers['location']);
}

async function sendTo(
  path: string,
  method: string,
  more: { body?: string | Buffer; headers?: Record<string, string> } = {},
): ReturnType<typeof send> {
  return send(aws, { ...more, host, method, path, headers: { ...repo.headers, ...more.headers } });
}

/** An index of one image. */
function imageIndex(digest: string): string {
  const manifests = [{ mediaType: imageType, digest, size: 1 }];
  return JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
}
