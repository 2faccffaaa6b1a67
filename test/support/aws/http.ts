import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** An HTTP answer as plain data. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Send the headers and half of the body, then cut the connection. */
  readonly cutConnection?: boolean;
}

/** What a server does with a request: answer it, never answer it, or drop the connection. */
export type Outcome =
  { readonly kind: 'reply'; readonly reply: HttpReply } | { readonly kind: 'hang' | 'reset' };

/** The whole body of a request. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return buffer(request);
}

/** Writes `reply`; `nowMs` becomes the Date header, from which SDK clients learn how far their own clock is off. */
export function sendReply(response: ServerResponse, reply: HttpReply, nowMs: number): void {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  response.sendDate = false;
  response.writeHead(reply.status, {
    'Content-Length': body.length,
    ...reply.headers,
    Date: new Date(nowMs).toUTCString(),
  });
  if (reply.cutConnection === true) {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
    return;
  }
  response.end(body);
}

/** Listens on a free port of the loopback address and returns the port. */
export async function listenOnLoopback(server: Server | TlsServer): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Closes a server and cuts the connections that it still has. */
export async function closeNow(server: Server | TlsServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
