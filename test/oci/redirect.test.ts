import { describe, expect, it } from 'vitest';
import {
  basic,
  clientOf,
  failureOf,
  reply,
  startServer,
  type SeenRequest,
  type TestServer,
} from './fixture.ts';

const challenge = { 'www-authenticate': 'Basic realm="r"' };

/** Another origin: host and port both count. */
const startStorage = (): Promise<TestServer> =>
  startServer((_request, response) => reply(response, 200, { tags: ['of the storage'] }));

/** A registry that takes `login` and then redirects every request to `locationOf` it. */
const startRedirecting = (locationOf: (request: SeenRequest) => string): Promise<TestServer> =>
  startServer((request, response) => {
    if (request.headers.authorization === undefined) reply(response, 401, '', challenge);
    else reply(response, 307, '', { location: locationOf(request) });
  });

const authorizations = (server: TestServer): unknown[] =>
  server.seen.map(({ headers }) => headers.authorization);

describe('a redirect', () => {
  it('to another host is followed without the login', async () => {
    const storage = await startStorage();
    const registry = await startRedirecting(() => `${storage.url.origin}/object?X-Amz-Signature=s`);
    const page = await clientOf(registry).listTags('team/app', { n: 5 });
    expect(page.tags).toEqual(['of the storage']);
    expect(authorizations(registry)).toEqual([undefined, basic]);
    expect(storage.seen).toMatchObject([{ path: '/object?X-Amz-Signature=s' }]);
    expect(authorizations(storage)).toEqual([undefined]);
  });

  it('on the same host keeps the login', async () => {
    const registry = await startServer((request, response) => {
      if (request.headers.authorization === undefined) reply(response, 401, '', challenge);
      else if (request.path === '/moved') reply(response, 200, { tags: [] });
      else reply(response, 302, '', { location: '/moved' });
    });
    await clientOf(registry).listTags('team/app', { n: 5 });
    expect(authorizations(registry)).toEqual([undefined, basic, basic]);
  });

  it('by way of another host does not bring the login back', async () => {
    const registry: TestServer = await startRedirecting(({ path }) =>
      path.startsWith('/v2/') ? `${detour.url.origin}/` : '/',
    );
    const detour = await startServer((_request, response) =>
      reply(response, 307, '', { location: `${registry.url.origin}/back` }),
    );
    await failureOf(clientOf(registry).ping());
    const back = registry.seen.filter(({ path }) => path === '/back');
    expect(back.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(authorizations(detour)).toEqual([undefined]);
  });

  it('does not let the other host ask for the login', async () => {
    for (const scheme of ['Basic', 'Bearer']) {
      const thief: TestServer = await startServer((_request, response) =>
        reply(response, 401, '', { 'www-authenticate': `${scheme} realm="${thief.url.origin}/token"` }),
      );
      const registry = await startServer((_request, response) =>
        reply(response, 307, '', { location: thief.url.origin }),
      );
      expect(await failureOf(clientOf(registry).ping())).toMatchObject({ status: 401 });
      expect(authorizations(thief)).toEqual([undefined]);
    }
  });

  it('that never ends is given up', async () => {
    const registry: TestServer = await startServer((_request, response) =>
      reply(response, 307, '', { location: '/v2/' }),
    );
    const failure = await failureOf(clientOf(registry).ping());
    expect(failure).toMatchObject({ reason: 'RedirectRefused', code: 'REDIRECT_REFUSED', kind: 'terminal' });
    expect(registry.seen).toHaveLength(6);
  });

  it('of an upload is refused: what was started elsewhere could not be cancelled', async () => {
    const registry = await startRedirecting(() => '/v2/elsewhere/');
    const failure = await failureOf(clientOf(registry).startUpload('team/app'));
    expect(failure).toMatchObject({ reason: 'RedirectRefused', operation: 'startUpload' });
    expect(registry.seen.map(({ path }) => path)).not.toContain('/v2/elsewhere/');
  });
});

describe('an upload', () => {
  it('whose Location leads to another place without TLS is cancelled by its id at the registry', async () => {
    const registry = await startServer((request, response) => {
      if (request.headers.authorization === undefined) return reply(response, 401, '', challenge);
      if (request.method === 'DELETE') return reply(response, 204);
      reply(response, 202, '', { location: 'http://127.0.0.1:1/uploads/1', 'docker-upload-uuid': 'id-1' });
    });
    const upload = await clientOf(registry).startUpload('team/app');
    expect(await upload.cancel()).toBe('cancelled');
    expect(registry.seen.at(-1)).toMatchObject({ method: 'DELETE', path: '/v2/team/app/blobs/uploads/id-1' });
  });
});
