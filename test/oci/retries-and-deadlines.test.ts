import { describe, expect, it } from 'vitest';
import { ManualClock } from '../support/manual-clock.ts';
import { waitFor } from '../support/wait-for.ts';
import { clientOf, errors, failureOf, reply, startServer, type TestServer } from './fixture.ts';

const noJitter = (): number => 0;

/** Waits until the server has seen `requests` and the client waits for its next try: deadline and pause are two timers. */
const untilPausing = (server: TestServer, clock: ManualClock, requests: number): Promise<true> =>
  waitFor(`a pause after ${requests} requests`, () => server.seen.length === requests && clock.pending === 2);

const untilAsked = (server: TestServer): Promise<true> => waitFor('a request', () => server.seen.length > 0);

describe('a request that may pass the next time', () => {
  it('is repeated until it does', async () => {
    const clock = new ManualClock();
    let failures = 2;
    const server = await startServer((_request, response) => reply(response, failures-- > 0 ? 503 : 200));
    const ping = clientOf(server, { clock, random: noJitter }).ping();
    for (const requests of [1, 2]) {
      await untilPausing(server, clock, requests);
      await clock.advance(200);
    }
    await ping;
    expect(server.seen).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it('is repeated after a connection that broke', async () => {
    const clock = new ManualClock();
    const server: TestServer = await startServer((_request, response) => {
      if (server.seen.length === 1) response.destroy();
      else reply(response, 200);
    });
    const ping = clientOf(server, { clock, random: noJitter }).ping();
    await untilPausing(server, clock, 1);
    await clock.advance(200);
    await ping;
  });

  it('fails with what the registry says last, after four tries', async () => {
    const clock = new ManualClock();
    const server = await startServer((_request, response) =>
      reply(response, 429, errors('TOOMANYREQUESTS', 'Rate exceeded'), { 'retry-after': '2' }),
    );
    const failed = failureOf(clientOf(server, { clock, random: noJitter }).listTags('team/app', { n: 1 }));
    for (const requests of [1, 2, 3]) {
      await untilPausing(server, clock, requests);
      await clock.advance(1_999);
      expect(server.seen).toHaveLength(requests);
      await clock.advance(1);
    }
    expect(await failed).toMatchObject({ kind: 'throttled', reason: 'Throttled', retryAfterMs: 2_000 });
    expect(server.seen).toHaveLength(4);
  });
});

describe('an upload', () => {
  it('is not started twice when nobody knows whether it was', async () => {
    for (const answer of ['503', 'nothing'] as const) {
      const server = await startServer((_request, response) => {
        if (answer === 'nothing') response.destroy();
        else reply(response, 503);
      });
      const failure = await failureOf(clientOf(server).startUpload('team/app'));
      expect(failure.kind).toBe('transient');
      expect(server.seen).toHaveLength(1);
    }
  });
});

describe('a deadline', () => {
  it('ends a request that is never answered', async () => {
    const clock = new ManualClock();
    const server = await startServer(() => {});
    const failed = failureOf(clientOf(server, { clock, timeoutMs: 5_000 }).ping());
    await untilAsked(server);
    await clock.advance(5_000);
    const failure = await failed;
    expect(failure).toMatchObject({ reason: 'Timeout', code: 'TIMEOUT', kind: 'transient', status: 0 });
    expect(failure.message).toContain('no answer within 5 s');
    expect(clock.pending).toBe(0);
  });

  it('ends an answer that never comes to its end', async () => {
    const clock = new ManualClock();
    const server = await startServer((_request, response) => void response.writeHead(200).write('{"tags":['));
    const failed = failureOf(clientOf(server, { clock, timeoutMs: 5_000 }).listTags('team/app', { n: 1 }));
    await untilAsked(server);
    await clock.advance(5_000);
    expect((await failed).code).toBe('TIMEOUT');
  });

  it('is for all tries together', async () => {
    const clock = new ManualClock();
    const server = await startServer((_request, response) =>
      reply(response, 503, '', { 'retry-after': '4' }),
    );
    const failed = failureOf(clientOf(server, { clock, timeoutMs: 10_000 }).ping());
    for (const requests of [1, 2]) {
      await untilPausing(server, clock, requests);
      await clock.advance(4_000);
    }
    expect(await failed).toMatchObject({ reason: 'RegistryUnavailable', status: 503 });
    expect(server.seen).toHaveLength(3);
  });
});

describe('a caller that gives up', () => {
  it('gets its own reason, and the request ends', async () => {
    const clock = new ManualClock();
    let closed = false;
    const server = await startServer(
      (_request, response) => void response.once('close', () => (closed = true)),
    );
    const controller = new AbortController();
    const ping = clientOf(server, { clock }).ping(controller.signal);
    await untilAsked(server);
    const reason = new Error('stopping');
    controller.abort(reason);
    await expect(ping).rejects.toBe(reason);
    await waitFor('the end of the request', () => closed);
    expect(clock.pending).toBe(0);
  });

  it('ends the pause between two tries too', async () => {
    const clock = new ManualClock();
    const server = await startServer((_request, response) => reply(response, 503));
    const controller = new AbortController();
    const ping = clientOf(server, { clock }).ping(controller.signal);
    await untilPausing(server, clock, 1);
    controller.abort(new Error('stopping'));
    await expect(ping).rejects.toThrow('stopping');
    expect(clock.pending).toBe(0);
  });

  it('beforehand sends nothing', async () => {
    const server = await startServer((_request, response) => reply(response, 200));
    await expect(clientOf(server).ping(AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
    expect(server.seen).toEqual([]);
  });
});
