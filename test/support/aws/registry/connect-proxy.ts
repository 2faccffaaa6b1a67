import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { closeNow, listenOnLoopback } from '../http.ts';
import { parseRegistryHost } from './hosts.ts';

export interface ConnectProxy {
  readonly port: number;
  /** Closes the proxy and every tunnel. */
  stop(): Promise<void>;
}

/**
 * Starts an HTTP proxy that tunnels port 443 of every ECR host name to `registryPort`, and refuses everything else, so
 * that clients use the true host names without root and without leaving this machine.
 */
export async function startConnectProxy(registryPort: number): Promise<ConnectProxy> {
  const open = new Set<Duplex>();
  const track = (socket: Duplex): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  const server = createServer((_request, response) => {
    response.writeHead(403).end('this proxy only tunnels to ECR registries\n');
  });
  server.on('connect', (request, client, head) => {
    track(client);
    client.on('error', () => client.destroy());
    if (!isRegistryAddress(request.url ?? '')) {
      client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    track(tunnel(client, head, registryPort));
  });
  const port = await listenOnLoopback(server);
  return {
    port,
    async stop() {
      for (const socket of open) socket.destroy();
      await closeNow(server);
    },
  };
}

function isRegistryAddress(address: string): boolean {
  return address.endsWith(':443') && parseRegistryHost(address) !== undefined;
}

function tunnel(client: Duplex, head: Buffer, port: number): Socket {
  const upstream = connect({ host: '127.0.0.1', port }, () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on('error', () => client.destroy());
  client.once('close', () => upstream.destroy());
  return upstream;
}
