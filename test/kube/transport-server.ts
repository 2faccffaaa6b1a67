import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Redacted } from '../../src/base/redacted.ts';
import { createKubeClient } from '../../src/kube/client-http.ts';
import type { Credentials } from '../../src/kube/credentials.ts';
import { createTransport, type Transport } from '../../src/kube/transport.ts';
import type { TransportOptions } from '../../src/kube/transport-request.ts';

/** A request as it arrived; `connection` numbers the sockets from 0. */
export interface Arrived {
  readonly method: string;
  /** Still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly connection: number;
  readonly socket: Socket;
}

export type Answer = (request: Arrived, response: ServerResponse) => void;

export interface ScriptedServer extends AsyncDisposable {
  readonly url: URL;
  readonly requests: Arrived[];
  /** The sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>;
}

/** An HTTP server on 127.0.0.1 that answers as `answer` says, one call for each request. */
export async function scriptedServer(answer: Answer): Promise<ScriptedServer> {
  const requests: Arrived[] = [];
  const numbers = new Map<Socket, number>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
      const { method = '', headers, socket } = request;
      const connection = numbers.get(socket) ?? -1;
      const arrived = { method, path: pathname, query: searchParams, headers, socket, connection };
      requests.push({ ...arrived, body: Buffer.concat(chunks).toString() });
      answer(requests.at(-1) ?? fail(), response);
    })();
  });
  server.on('connection', (socket: Socket) => {
    numbers.set(socket, numbers.size);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has an address and port
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    requests,
    sockets,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}

function fail(): never {
  throw new Error('no request');
}

export function json(response: ServerResponse, code: number, body: object, headers: object = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export function failure(code: number, reason: string, message: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
}

/** Credentials whose token is `<prefix><n>`, one number more for each time that it was refused. */
export function numberedTokens(server: URL, prefix = 'token-'): Credentials & { readonly refusals: number } {
  let refusals = 0;
  const tls = {};
  return {
    server,
    current: () =>
      Promise.resolve({
        authorization: new Redacted(`Bearer ${prefix}${refusals}`),
        headers: {},
        tls,
      }),
    refused() {
      refusals += 1;
    },
    get refusals() {
      return refusals;
    },
  };
}

export function transportTo(server: URL, options: Partial<TransportOptions> = {}): Transport & Disposable {
  const transport = createTransport({
    credentials: numberedTokens(server),
    clock: systemClock,
    random: () => 0.5,
    ...options,
  });
  return { ...transport, [Symbol.dispose]: () => transport.close() };
}

export function clientTo(server: URL, options: Partial<TransportOptions> = {}): ReturnType<typeof closable> {
  return closable(transportTo(server, options), options.clock ?? systemClock);
}

function closable(transport: Transport, clock: Clock) {
  return { ...createKubeClient(transport, clock), [Symbol.dispose]: () => transport.close() };
}

/** A clock that runs `factor` times as fast as the machine's: backoffs and silences of minutes pass in milliseconds. */
export function fastClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => start + (performance.now() - origin) * factor,
    after(ms, fn) {
      const timer = setTimeout(fn, ms / factor);
      return () => clearTimeout(timer);
    },
  };
}

const origin = performance.now();
