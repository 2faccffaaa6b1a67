import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
// As a whole: a name that an older Node has not would end the program before it could say so.
import * as tls from 'node:tls';
import type { Redacted } from '../base/redacted.ts';
import type { Target } from './addresses.ts';

/** Environment variables: HTTPS_PROXY, HTTP_PROXY and NO_PROXY count, in capitals or not. */
export type ProxyEnv = Readonly<Record<string, string | undefined>>;

/** The kept connections of one client. */
export interface Agents {
  /** `direct`: past the proxy. */
  agentFor(protocol: string, direct: boolean): HttpAgent;
  /** Closes every connection, also those in use. */
  close(): void;
}

/** Shorter than what load balancers keep an idle connection for: who reuses a closed one loses a request. */
const idleMs = 15_000;

/**
 * Opens no connection yet. Certificates are always verified: against the authorities that Node trusts, with those of
 * NODE_EXTRA_CA_CERTS, and against `ca`, PEM text of more. Proxies are those of `proxyEnv`; without it there is none.
 */
export function createAgents(ca: Buffer | undefined, proxyEnv: ProxyEnv | undefined): Agents {
  const made = new Map<string, HttpAgent>();
  const make = (secure: boolean, direct: boolean): HttpAgent => {
    const proxy = direct || proxyEnv === undefined ? {} : { proxyEnv: { ...proxyEnv } };
    const options = { keepAlive: true, timeout: idleMs, ...proxy };
    if (!secure) return new HttpAgent(options);
    return new HttpsAgent({ ...options, rejectUnauthorized: true, ...trusting(ca) });
  };
  return {
    agentFor(protocol, direct) {
      const key = `${protocol}${direct}`;
      const agent = made.get(key) ?? make(protocol === 'https:', direct);
      made.set(key, agent);
      return agent;
    },
    close() {
      for (const agent of made.values()) agent.destroy();
      made.clear();
    },
  };
}

/**
 * The option of Node replaces its own list, so the list goes along. One context serves all connections: reading hundreds of
 * certificates for each of them costs more than the request.
 */
function trusting(ca: Buffer | undefined): { secureContext?: tls.SecureContext } {
  if (ca === undefined) return {};
  return {
    secureContext: tls.createSecureContext({
      ca: [...tls.getCACertificates('default'), ca.toString('utf8')],
    }),
  };
}

/** One request as it goes out. None of this client's has a body. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: Redacted<string> | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends one request over node:http(s) and resolves with the head of the answer; its body is a stream, which `signal` ends
 * too. Nothing is tried twice, and no redirect is followed. Rejects with Node's error or the signal's reason.
 */
export function exchange(target: Target, agents: Agents, o: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (o.signal.aborted) {
      reject(o.signal.reason);
      return;
    }
    const send = o.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(requestOptions(target, agents, o));
    const abort = (): void => void request.destroy(o.signal.reason);
    o.signal.addEventListener('abort', abort, { once: true });
    request.once('close', () => o.signal.removeEventListener('abort', abort));
    request.once('response', resolve);
    request.on('error', reject);
    request.end();
  });
}

function requestOptions(target: Target, agents: Agents, o: Exchange): RequestOptions {
  const { url, method, authorization } = o;
  const endpoint = url.origin === target.origin.origin ? target.endpoint : undefined;
  const address = endpoint ?? url;
  return {
    agent: agents.agentFor(url.protocol, endpoint !== undefined),
    method,
    hostname: address.hostname.replaceAll(/^\[|\]$/g, ''),
    port: address.port || (address.protocol === 'https:' ? 443 : 80),
    path: url.pathname + url.search,
    headers: {
      ...o.headers,
      // Node checks the certificate against this name, whatever the address is.
      host: url.host,
      ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
      ...(method === 'POST' ? { 'content-length': '0' } : {}),
    },
  };
}
