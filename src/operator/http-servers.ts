import { createServer, type Server } from 'node:http';

/** Answer of one path: status and text. */
export type Handler = () =>
  Promise<{ status: number; type?: string; body: string }> | { status: number; type?: string; body: string };

/** A running server. */
export interface Serving {
  close(): Promise<void>;
}

/**
 * Serves fixed paths. `address` is `host:port` or `:port`; `0` serves nothing. Rejects when the address cannot
 * be had, naming `flag`.
 */
export async function serve(
  flag: string,
  address: string,
  paths: Readonly<Record<string, Handler>>,
): Promise<Serving> {
  if (address === '0') return { close: () => Promise.resolve() };
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '') || undefined;
  const server = createServer((request, response) => {
    const handler = paths[(request.url ?? '').split('?')[0] ?? ''];
    void answer(handler).then(({ status, type = 'text/plain; charset=utf-8', body }) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  await listen(server, flag, address, { port: Number(address.slice(colon + 1)), host });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handler: Handler | undefined,
): Promise<{ status: number; type?: string; body: string }> {
  if (handler === undefined) return { status: 404, body: 'not found\n' };
  try {
    return await handler();
  } catch {
    return { status: 500, body: 'error\n' };
  }
}

function listen(
  server: Server,
  flag: string,
  address: string,
  at: { port: number; host: string | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          `--${flag} ${address} cannot be listened on: ${error.code ?? error.message}; choose another address, or 0 to turn it off`,
          { cause: error },
        ),
      );
    });
    server.listen(at.port, at.host, resolve);
  });
}
