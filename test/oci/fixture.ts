import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { Redacted } from '../../src/base/redacted.ts';
import type { Auth } from '../../src/docker-config/docker-config.ts';
import { createOciClient, type OciClient, type OciClientOptions } from '../../src/oci/client.ts';
import { OciFailure } from '../../src/oci/failure.ts';
import { closeNow, listenOnLoopback } from '../support/aws/http.ts';

export const password = 'password-of-the-test';
export const login: Auth = { username: 'AWS', password: new Redacted(password) };
export const basic = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;

/** A request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface TestServer {
  readonly url: URL;
  /** Oldest first. */
  readonly seen: readonly SeenRequest[];
}

/** Starts an HTTP server on a loopback port that ends with the test. */
export async function startServer(
  answer: (request: SeenRequest, response: ServerResponse) => void,
): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(({ method = '', url: path = '', headers }, response) => {
    const request = { method, path, headers };
    seen.push(request);
    answer(request, response);
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => closeNow(server));
  return { url: new URL(`http://127.0.0.1:${port}`), seen };
}

/** Ends an answer; what is no text goes out as JSON. */
export function reply(
  response: ServerResponse,
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The body of an error of the OCI distribution API. */
export function errors(code: string, message: string): object {
  return { errors: [{ code, message }] };
}

/** A client of a test server, with `login`, that ends with the test. */
export function clientOf(server: TestServer, options: Partial<OciClientOptions> = {}): OciClient {
  const client = createOciClient({ host: server.url.host, endpoint: server.url, login, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** The failure that a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<OciFailure> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OciFailure))
    throw new Error('the call did not reject with an OciFailure', { cause: error });
  expect(error.message.endsWith(error.nextStep)).toBe(true);
  return error;
}
