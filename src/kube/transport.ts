import type { IncomingMessage } from 'node:http';
import { sleep } from '../base/clock.ts';
import { ApiError, ConnectionError } from './errors.ts';
import { ConnectionPool } from './transport-agents.ts';
import { parseJson } from './transport-answer.ts';
import { attempt, type Consume } from './transport-attempt.ts';
import { readAll } from './transport-exchange.ts';
import type { ApiRequest, TransportOptions } from './transport-request.ts';
import { decideRetry, noTries, type Failure, type Retry } from './transport-retry.ts';

const defaultMaxSockets = 32;

/** Requests to one API server over kept connections, with credentials, retries and errors dealt with. */
export interface Transport {
  /** The parsed body of the answer, which is not checked against `T`. */
  call<T>(request: ApiRequest): Promise<T>;
  /** The answer as a stream, which `request.signal` ends: reading then rejects with the signal's reason. */
  open(request: ApiRequest): Promise<IncomingMessage>;
  /** Closes all connections. */
  close(): void;
}

/** Opens no connection yet. */
export function createTransport(options: TransportOptions): Transport {
  const secure = options.credentials.server.protocol === 'https:';
  const calls = new ConnectionPool(secure, options.maxSockets ?? defaultMaxSockets);
  const watches = new ConnectionPool(secure, Infinity);
  return {
    call: <T>(request: ApiRequest) =>
      sendUntilDecided(options, calls, request, async (response) =>
        parseJson<T>(request.what, await readAll(response)),
      ),
    open: (request) =>
      sendUntilDecided(options, watches, request, (response) =>
        Promise.resolve(endWith(request.signal, response)),
      ),
    close() {
      calls.close();
      watches.close();
    },
  };
}

async function sendUntilDecided<T>(
  options: TransportOptions,
  pool: ConnectionPool,
  request: ApiRequest,
  consume: Consume<T>,
): Promise<T> {
  let tries = noTries;
  for (;;) {
    const access = await options.credentials.current();
    try {
      return await attempt(options, pool, access, request, consume);
    } catch (error) {
      const retry = retryOf(error, request, tries, options.random);
      if (retry.kind === 'give up') throw error;
      if (retry.kind === 'wait') await sleep(options.clock, retry.ms, request.signal);
      if (retry.kind === 'renew credentials') options.credentials.refused(access);
      tries = { ...tries, [retry.kind]: tries[retry.kind] + 1 };
    }
  }
}

function retryOf(error: unknown, request: ApiRequest, tries: typeof noTries, random: () => number): Retry {
  const failure = request.signal?.aborted === true ? undefined : failureOf(error);
  return failure === undefined ? { kind: 'give up' } : decideRetry(failure, request.method, tries, random);
}

/** Undefined for what is no failure of the request. */
function failureOf(error: unknown): Failure | undefined {
  if (error instanceof ApiError)
    return { kind: 'answer', status: error.status, retryAfterMs: error.retryAfterMs };
  return error instanceof ConnectionError ? { kind: 'connection', loss: error.loss } : undefined;
}

function endWith(signal: AbortSignal | undefined, response: IncomingMessage): IncomingMessage {
  if (signal === undefined) return response;
  const end = (): void => void response.destroy(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  response.once('close', () => signal.removeEventListener('abort', end));
  return response;
}
