import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ConnectionError } from './errors.ts';

/** One request as it goes out; `path` is encoded and has the query. */
export interface Exchange {
  readonly server: URL;
  readonly agent: Agent;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
  /** Called when the request leaves the queue of the connection pool. */
  readonly onConnection: () => void;
}

/** Sends one request over node:http(s) and resolves with the head of the answer. Nothing is tried twice. */
export function exchange(o: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (o.signal.aborted) {
      reject(o.signal.reason);
      return;
    }
    const request = start(o);
    const abort = (): void => void request.destroy(o.signal.reason);
    o.signal.addEventListener('abort', abort, { once: true });
    request.once('socket', o.onConnection);
    request.once('close', () => o.signal.removeEventListener('abort', abort));
    request.once('response', resolve);
    request.on('error', (error) => reject(o.signal.aborted ? o.signal.reason : broken(request, error)));
    request.end(o.body);
  });
}

function start({ server, agent, method, path, headers, body }: Exchange): ClientRequest {
  const send = server.protocol === 'https:' ? httpsRequest : httpRequest;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return send({
    agent,
    method,
    hostname: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port,
    path: server.pathname.replace(/\/$/, '') + path,
    headers: { ...headers, ...length },
  });
}

function broken(request: ClientRequest, error: NodeJS.ErrnoException): ConnectionError {
  const loss = !wasReset(error) ? 'other' : request.reusedSocket ? 'idle' : 'reset';
  return new ConnectionError(reasonOf(error), { cause: error, loss });
}

function wasReset({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** Node's AggregateError (all addresses of a name failed) has an empty message. */
function reasonOf(error: NodeJS.ErrnoException): string {
  return error.message === '' ? (error.code ?? error.name) : error.message;
}

/** Reads the answer to its end; rejects when it breaks off. */
export async function readAll(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk);
  } catch (error) {
    throw new ConnectionError('the answer broke off', { cause: error, loss: 'reset' });
  }
  return Buffer.concat(chunks).toString('utf8');
}
