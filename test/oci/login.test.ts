import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  basic,
  clientOf,
  errors,
  failureOf,
  login,
  password,
  reply,
  startServer,
  type TestServer,
} from './fixture.ts';

const asksFor = (challenge: string) => ({ 'www-authenticate': challenge });

/** A registry that takes Basic alone. */
const startBasicRegistry = (): Promise<TestServer> =>
  startServer(({ headers }, response) => {
    if (headers.authorization === basic) reply(response, 200, { tags: [] });
    else reply(response, 401, errors('UNAUTHORIZED', 'log in'), asksFor('Basic realm="r"'));
  });

/** A registry that sends its readers to `/token` of a token service for a Bearer token. */
const startBearerRegistry = (service: TestServer, token = 'token-1'): Promise<TestServer> =>
  startServer(({ headers }, response) => {
    if (headers.authorization === `Bearer ${token}`) return reply(response, 200, { tags: [] });
    const challenge = `Bearer realm="${service.url.origin}/token",service="s",scope="repository:app:pull"`;
    reply(response, 401, errors('UNAUTHORIZED', 'get a token'), asksFor(challenge));
  });

const authorizations = (server: TestServer): unknown[] =>
  server.seen.map(({ headers }) => headers.authorization);

describe('a login', () => {
  it('is sent when the registry asks for it, and from then on at once', async () => {
    const server = await startBasicRegistry();
    const client = clientOf(server);
    await client.ping();
    await client.listTags('team/app', { n: 10 });
    expect(authorizations(server)).toEqual([undefined, basic, basic]);
  });

  it('that is refused is not sent again and again', async () => {
    const server = await startServer((_request, response) =>
      reply(response, 401, errors('UNAUTHORIZED', 'no'), asksFor('Basic realm="r"')),
    );
    const client = clientOf(server);
    expect(await failureOf(client.ping())).toMatchObject({
      reason: 'LoginRefused',
      operation: 'ping',
      status: 401,
    });
    expect(authorizations(server)).toEqual([undefined, basic]);
    await failureOf(client.ping());
    expect(authorizations(server)).toEqual([undefined, basic, basic]);
  });

  it('that is missing is named as the cause', async () => {
    const server = await startBasicRegistry();
    const failure = await failureOf(clientOf(server, { login: undefined }).ping());
    expect(failure).toMatchObject({ reason: 'NoCredentials', kind: 'terminal' });
    expect(failure.nextStep).toContain(server.url.host);
  });

  it('stays out of messages, even when the other side repeats it', async () => {
    const server = await startServer(({ headers }, response) => {
      if (headers.authorization === undefined) return reply(response, 401, '', asksFor('Basic realm="r"'));
      reply(response, 500, `<p>you sent ${headers.authorization}, which is ${password}</p>`);
    });
    const client = clientOf(server, { random: () => 0, timeoutMs: 100 });
    const failure = await failureOf(client.ping());
    expect(failure.message).toContain('you sent Basic [redacted], which is [redacted]');
    expect(inspect([failure, client], { depth: 9, showHidden: true })).not.toMatch(
      new RegExp(`${password}|${basic.slice('Basic '.length)}`),
    );
  });
});

it('a login stays out of code and request id too, and both are cut where they are long', async () => {
  const server = await startServer(({ headers }, response) => {
    if (headers.authorization === undefined) return reply(response, 401, '', asksFor('Basic realm="r"'));
    const id = { 'x-request-id': `${password}${'y'.repeat(500)}` };
    reply(response, 403, errors(`${password}${'x'.repeat(500)}`, 'no'), id);
  });
  const { code, requestId = '' } = await failureOf(clientOf(server).ping());
  for (const said of [code, requestId]) {
    expect(said).toMatch(/^\[redacted\]/);
    expect(said.length).toBeLessThanOrEqual(128);
  }
});

describe('a Bearer challenge', () => {
  const startService = (answer: unknown, status = 200): Promise<TestServer> =>
    startServer((_request, response) => reply(response, status, answer));

  it('trades the login for a token, which is sent at once from then on', async () => {
    const service = await startService({ token: 'token-1' });
    const server = await startBearerRegistry(service);
    const client = clientOf(server);
    await client.ping();
    await client.ping();
    expect(service.seen).toMatchObject([
      {
        method: 'GET',
        path: '/token?service=s&scope=repository%3Aapp%3Apull',
        headers: { authorization: basic },
      },
    ]);
    expect(authorizations(server)).toEqual([undefined, 'Bearer token-1', 'Bearer token-1']);
  });

  it('is answered again when the token is over', async () => {
    let current = 0;
    const service = await startServer((_request, response) =>
      reply(response, 200, { access_token: `t${++current}` }),
    );
    const server = await startServer(({ headers }, response) => {
      const isGood = headers.authorization === 'Bearer t2';
      const challenge = asksFor(`Bearer realm="${service.url.origin}/"`);
      reply(response, isGood ? 200 : 401, '', isGood ? {} : challenge);
    });
    const client = clientOf(server);
    await failureOf(client.ping());
    await client.ping();
    expect(authorizations(server)).toEqual([undefined, 'Bearer t1', 'Bearer t1', 'Bearer t2']);
  });

  it('is answered without a login where there is none', async () => {
    const service = await startService({ token: 'token-1' });
    const server = await startBearerRegistry(service);
    await clientOf(server, { login: undefined }).ping();
    expect(authorizations(service)).toEqual([undefined]);
  });

  it('fails as the step `token` when the token service does', async () => {
    const service = await startService(errors('DENIED', 'Your authorization token has expired.'), 403);
    const failure = await failureOf(clientOf(await startBearerRegistry(service)).ping());
    expect(failure).toMatchObject({ operation: 'token', reason: 'TokenExpired', status: 403 });
    expect(failure.message).toContain(`get a token from ${service.url.host}`);
  });

  it.each([{}, { token: '' }, { token: 7 }, { token: 'two\r\nlines' }, [], 'no JSON'])(
    'is not answered with what is no token: %j',
    async (answer) => {
      const failure = await failureOf(clientOf(await startBearerRegistry(await startService(answer))).ping());
      expect(failure).toMatchObject({
        operation: 'token',
        reason: 'UnreadableAnswer',
        code: 'ANSWER_UNREADABLE',
      });
      expect(failure.message).not.toContain('lines');
    },
  );

  it('never takes the login to an address without TLS', async () => {
    const server = await startServer((_request, response) =>
      reply(response, 401, '', asksFor('Bearer realm="ftp://auth.example/token?x=y"')),
    );
    const failure = await failureOf(clientOf(server, { login }).ping());
    expect(failure).toMatchObject({ code: 'BAD_CHALLENGE', kind: 'terminal' });
    expect(failure.message).toContain('sends logins to ftp://auth.example, which is not https');
  });
});
