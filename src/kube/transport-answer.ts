import type { IncomingMessage } from 'node:http';
import { ApiError, ConnectionError, type Status } from './errors.ts';
import { parseRetryAfter } from './transport-retry.ts';

const longestProse = 200;

/** The error that an answer outside 2xx stands for. `what` is verb and object. */
export function errorOf(what: string, response: IncomingMessage, body: string, nowMs: number): ApiError {
  const status = statusOf(body);
  const seconds = status.details?.retryAfterSeconds;
  const retryAfterMs =
    parseRetryAfter(response.headers['retry-after'], nowMs) ?? (seconds ? seconds * 1000 : undefined);
  return new ApiError(what, response.statusCode ?? 0, status, retryAfterMs);
}

/** Proxies and unknown paths answer in prose: its beginning is the best message there is. */
function statusOf(body: string): Status {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isStatus(parsed)) return parsed;
  } catch {
    // Not JSON; told as prose.
  }
  const prose = body.replaceAll(/\s+/g, ' ').trim();
  return prose === '' ? {} : { message: prose.slice(0, longestProse) };
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
}

/**
 * Parses the body of an answer, or one line of a watch. The error of JSON.parse is not kept as a cause: it quotes the
 * text, which may be the data of a Secret. `T` is trusted: the API server keeps to its own schema.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the type is the caller's word, as with JSON.parse
export function parseJson<T>(what: string, text: string): T {
  try {
    const value: T = JSON.parse(text);
    return value;
  } catch {
    throw new ConnectionError(`${what}: the answer is not valid JSON (${text.length} characters)`);
  }
}
