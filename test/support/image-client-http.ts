import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Auth } from '../../src/docker-config/docker-config.ts';

export interface RegistryConnection {
  readonly host: string;
  /** Without it requests are anonymous. */
  readonly login?: Auth | undefined;
  /** As in HTTPS_PROXY. */
  readonly proxyUrl?: string | undefined;
  /** PEM text of the authority to trust; default: those that Node trusts. */
  readonly ca?: string | undefined;
}

export interface RegistryRequest {
  readonly method: string;
  /** Path and query, or a whole URL as a `Location` header has it. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface RegistryResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends requests to one registry; close it at the end. */
export interface RegistryHttp {
  /** Follows one redirect of a GET. Resolves for error statuses too. */
  send(request: RegistryRequest): Promise<RegistryResponse>;
  close(): void;
}

/** Basic authentication, which is what ECR takes, over one kept connection. */
export function connectRegistry({ host, login, proxyUrl, ca }: RegistryConnection): RegistryHttp {
  const proxy = proxyUrl === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxyUrl } };
  const agent = new Agent({ keepAlive: true, ...proxy, ...(ca === undefined ? {} : { ca }) });
  const home = new URL(`https://${host}`);
  const basic = login && Buffer.from(`${login.username}:${login.password.reveal()}`).toString('base64');

  const send = async (given: RegistryRequest): Promise<RegistryResponse> => {
    const url = new URL(given.path, home);
    // The storage behind a redirect has a signed URL of its own, and must not see the login.
    const authorization = basic && url.host === home.host ? { authorization: `Basic ${basic}` } : {};
    const response = await exchange(agent, url, {
      ...given,
      headers: { ...given.headers, ...authorization },
    });
    const { location } = response.headers;
    const follow = given.method === 'GET' && response.status === 307 && location !== undefined;
    return follow ? send({ method: 'GET', path: location }) : response;
  };
  return { send, close: () => agent.destroy() };
}

function exchange(
  agent: Agent,
  url: URL,
  { method, headers, body }: RegistryRequest,
): Promise<RegistryResponse> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': body.length };
    const sent = request(url, { agent, method, headers: { ...headers, ...length } }, (response) => {
      buffer(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content }),
        reject,
      );
    });
    sent.on('error', (cause) =>
      reject(new Error(`${method} ${url.host}${url.pathname}: ${cause.message}`, { cause })),
    );
    sent.end(body);
  });
}
