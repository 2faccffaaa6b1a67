import { describe, expect, it } from 'vitest';
import { createOciClient } from '../../src/oci/client.ts';
import { clientOf, errors, failureOf, reply, startServer } from './fixture.ts';

const digest = `sha256:${'0'.repeat(64)}`;

describe('headManifest', () => {
  it('accepts every type of manifest, so that ECR translates none', async () => {
    const headers = {
      'content-type': 'application/x',
      'docker-content-digest': digest,
      'content-length': '7',
    };
    const server = await startServer((_request, response) => reply(response, 200, '', headers));
    const head = await clientOf(server).headManifest('team/app', 'v1');
    expect(head).toEqual({ mediaType: 'application/x', digest, size: 7 });
    expect(server.seen).toMatchObject([{ method: 'HEAD', path: '/v2/team/app/manifests/v1' }]);
    expect(server.seen[0]?.headers.accept?.split(', ')).toEqual([
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ]);
  });

  it('asks with a GET why it was refused, since the answer to a HEAD cannot tell', async () => {
    const server = await startServer((_request, response) =>
      reply(response, 404, errors('NAME_UNKNOWN', 'no such repository')),
    );
    const failure = await failureOf(clientOf(server).headManifest('team/app', digest));
    expect(failure).toMatchObject({ reason: 'RepositoryNotFound', code: 'NAME_UNKNOWN' });
    expect(server.seen.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('does without a digest and a size where the registry does not tell', async () => {
    const server = await startServer((_request, response) => reply(response, 200));
    expect(await clientOf(server).headManifest('team/app', 'v1')).toEqual({});
  });
});

describe('listTags', () => {
  it('goes from page to page by the cursor alone, wherever the link leads', async () => {
    const server = await startServer(({ path }, response) => {
      const isFirst = !path.includes('last=');
      const link = '<https://elsewhere.example/v2/x/tags/list?last=opaque%2Bcursor&n=2>; rel="next"';
      reply(response, 200, { tags: isFirst ? ['a', 'b'] : ['c'] }, isFirst ? { link } : {});
    });
    const client = clientOf(server);
    const first = await client.listTags('team/app', { n: 2 });
    expect(first).toEqual({ tags: ['a', 'b'], last: 'opaque+cursor' });
    expect(await client.listTags('team/app', { n: 2, last: first.last })).toEqual({
      tags: ['c'],
      last: undefined,
    });
    expect(server.seen[1]?.path).toBe('/v2/team/app/tags/list?n=2&last=opaque%2Bcursor');
  });

  it('asks for no more than ECR allows', async () => {
    const server = await startServer((_request, response) => reply(response, 200, { tags: null }));
    const client = clientOf(server);
    for (const n of [5_000, 0, 1.5]) expect((await client.listTags('team/app', { n })).tags).toEqual([]);
    expect(server.seen.map(({ path }) => path.split('?')[1])).toEqual(['n=1000', 'n=1', 'n=1']);
  });

  it.each(['<html>', { tags: 'a' }, { tags: [1] }, {}, []])('takes no %j for a list', async (body) => {
    const server = await startServer((_request, response) => reply(response, 200, body));
    expect(await failureOf(clientOf(server).listTags('team/app', { n: 1 }))).toMatchObject({
      reason: 'UnreadableAnswer',
    });
  });

  it('reads no endless answer', async () => {
    const server = await startServer((_request, response) =>
      reply(response, 200, 'x'.repeat(5 * 1024 * 1024)),
    );
    expect(await failureOf(clientOf(server).listTags('team/app', { n: 1 }))).toMatchObject({
      code: 'ANSWER_TOO_LARGE',
    });
  });
});

describe('startUpload', () => {
  const startRegistry = (status: number, body: unknown = ''): ReturnType<typeof startServer> =>
    startServer(({ method }, response) => {
      if (method === 'POST') reply(response, 202, '', { location: '/v2/team/app/blobs/uploads/1?_state=s' });
      else reply(response, status, body);
    });

  it('sends no content, and cancel() ends it where the registry said that it goes on', async () => {
    const server = await startRegistry(204);
    const upload = await clientOf(server).startUpload('team/app');
    expect(await upload.cancel()).toBe('cancelled');
    expect(server.seen).toMatchObject([
      { method: 'POST', path: '/v2/team/app/blobs/uploads/', headers: { 'content-length': '0' } },
      { method: 'DELETE', path: '/v2/team/app/blobs/uploads/1?_state=s' },
    ]);
  });

  it.each([
    ['gone', 404, errors('BLOB_UPLOAD_UNKNOWN', 'unknown')],
    ['unsupported', 405, ''],
    ['unsupported', 404, '404 page not found'],
    ['unsupported', 400, errors('UNSUPPORTED', 'no')],
  ])('is %s when the cancellation is answered with %i %j', async (result, status, body) => {
    const upload = await clientOf(await startRegistry(status, body)).startUpload('team/app');
    expect(await upload.cancel()).toBe(result);
  });

  it('fails in the step cancelUpload when the cancellation is refused', async () => {
    const server = await startRegistry(403, errors('DENIED', 'no'));
    const upload = await clientOf(server).startUpload('team/app');
    expect(await failureOf(upload.cancel())).toMatchObject({
      operation: 'cancelUpload',
      reason: 'AccessDenied',
    });
  });
});

describe('names', () => {
  it.each(['', 'a', 'Team/app', 'a//b', '../a', 'a/../b', 'app:v1', 'a?b', 'a%2fb', 'a'.repeat(257)])(
    'that are none of a repository are not sent: %j',
    async (repository) => {
      const server = await startServer((_request, response) => reply(response, 202));
      const failure = await failureOf(clientOf(server).startUpload(repository));
      expect(failure).toMatchObject({ reason: 'InvalidRepositoryName', code: 'NAME_INVALID', status: 0 });
      expect(server.seen).toEqual([]);
    },
  );

  it.each(['', '.hidden', 'a/b', '../x', 'a'.repeat(129), 'sha256:0', `sha256:${'A'.repeat(64)}`])(
    'that are neither tag nor digest are not sent: %j',
    async (reference) => {
      const server = await startServer((_request, response) => reply(response, 200));
      const failure = await failureOf(clientOf(server).headManifest('team/app', reference));
      expect(failure).toMatchObject({ reason: 'InvalidReference', code: 'TAG_INVALID' });
      expect(server.seen).toEqual([]);
    },
  );

  it('are those of a registry host when the client is made', () => {
    expect(() => createOciClient({ host: 'https://registry.example', login: undefined })).toThrow(
      'no registry host',
    );
  });
});

describe('an answer of something else', () => {
  it('is told in its own words, with the id of the request', async () => {
    const page = '<html><body><h1>Blocked</h1>\nby the\u0007 gateway</body></html>';
    const server = await startServer((_request, response) =>
      reply(response, 403, page, { 'x-request-id': 'r-7' }),
    );
    const failure = await failureOf(clientOf(server).listTags('team/app', { n: 1 }));
    expect(failure).toMatchObject({ code: 'HTTP_403', requestId: 'r-7' });
    expect(failure.message).toContain(
      'failed: Blocked by the gateway (code HTTP_403, HTTP 403, request r-7)',
    );
  });

  it('is told as far as it came when it breaks off', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(400, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect((await failureOf(clientOf(server).ping())).message).toContain('failed: half (code HTTP_400');
  });
});
