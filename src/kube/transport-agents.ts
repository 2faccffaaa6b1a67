import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Access, TlsMaterial } from './credentials.ts';

/** Below the 90 s after which kube-apiserver closes an idle connection, so that we rarely write into a closed one. */
const idleSocketMs = 60_000;

/** When the operating system starts to probe a silent connection. */
const tcpKeepAliveMs = 30_000;

/** One pool of kept connections; a new pool takes over when the TLS material changes. */
export class ConnectionPool {
  readonly #secure: boolean;
  readonly #maxSockets: number;
  #agent: HttpAgent | undefined;
  #tls: TlsMaterial | undefined;

  constructor(secure: boolean, maxSockets: number) {
    this.#secure = secure;
    this.#maxSockets = maxSockets;
  }

  agentFor(access: Access): HttpAgent {
    if (access.proxyAgent !== undefined) return access.proxyAgent;
    if (this.#agent === undefined || this.#tls !== access.tls) {
      if (this.#agent !== undefined) retire(this.#agent);
      this.#agent = this.#create(access.tls);
      this.#tls = access.tls;
    }
    return this.#agent;
  }

  /** Closes every connection, also those in use. */
  close(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  #create(tls: TlsMaterial): HttpAgent {
    const options = {
      keepAlive: true,
      keepAliveMsecs: tcpKeepAliveMs,
      timeout: idleSocketMs,
      maxSockets: this.#maxSockets,
    };
    return this.#secure ? new HttpsAgent({ ...options, ...tlsOptions(tls) }) : new HttpAgent(options);
  }
}

/** Requests under way keep their connections to the end; the idle ones are closed. */
function retire(agent: HttpAgent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}

function tlsOptions({ ca, cert, key, servername, rejectUnauthorized }: TlsMaterial): object {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key: key.reveal() }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}
