import type { IncomingMessage } from 'node:http';
import type { Access } from './credentials.ts';
import { ApiError, ConnectionError, TimeoutError } from './errors.ts';
import type { ConnectionPool } from './transport-agents.ts';
import { errorOf } from './transport-answer.ts';
import { deadline, type Deadline } from './transport-deadline.ts';
import { exchange, readAll } from './transport-exchange.ts';
import type { ApiRequest, TransportOptions } from './transport-request.ts';

const defaultTimeoutMs = 30_000;

/** Reads what the caller wants out of a good answer. */
export type Consume<T> = (response: IncomingMessage) => Promise<T>;

/** One try of a request within the time limit, told to the observer. Errors name the verb and the object. */
export async function attempt<T>(
  options: TransportOptions,
  pool: ConnectionPool,
  access: Access,
  request: ApiRequest,
  consume: Consume<T>,
): Promise<T> {
  const { clock, onRequest, requestTimeoutMs = defaultTimeoutMs } = options;
  const started = clock.now();
  const timedOut = (): Error =>
    new TimeoutError(`${request.what}: no answer within ${requestTimeoutMs / 1000} s`);
  const limit = deadline(clock, requestTimeoutMs, timedOut, request.signal);
  let status = 0;
  try {
    const response = await send(options, pool, access, request, limit);
    const value = await judge(request.what, response, consume, clock.now());
    status = response.statusCode ?? 0;
    return value;
  } catch (error) {
    if (limit.signal.aborted) throw limit.signal.reason;
    if (error instanceof ApiError) status = error.status;
    throw inContext(request.what, error);
  } finally {
    limit.stop();
    const seconds = (clock.now() - started) / 1000;
    onRequest?.({ method: request.method, resource: request.resource, status, seconds });
  }
}

function send(
  options: TransportOptions,
  pool: ConnectionPool,
  access: Access,
  request: ApiRequest,
  limit: Deadline,
): Promise<IncomingMessage> {
  return exchange({
    server: options.credentials.server,
    agent: pool.agentFor(access),
    method: request.method,
    path: request.path,
    headers: headersOf(options, access, request),
    body: request.body,
    signal: limit.signal,
    onConnection: limit.start,
  });
}

async function judge<T>(
  what: string,
  response: IncomingMessage,
  consume: Consume<T>,
  nowMs: number,
): Promise<T> {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return consume(response);
  throw errorOf(what, response, await readAll(response), nowMs);
}

/** Node's errors do not say what was asked for. */
function inContext(what: string, error: unknown): unknown {
  if (error instanceof ConnectionError && !error.message.startsWith(`${what}:`))
    return new ConnectionError(`${what}: ${error.message}`, { cause: error.cause, loss: error.loss });
  return error;
}

function headersOf(options: TransportOptions, access: Access, request: ApiRequest): Record<string, string> {
  return {
    ...access.headers,
    accept: request.accept,
    'user-agent': options.userAgent ?? 'ecr-operator',
    ...(access.authorization === undefined ? {} : { authorization: access.authorization.reveal() }),
    ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
  };
}
