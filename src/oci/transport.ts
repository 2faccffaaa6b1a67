import type { IncomingMessage } from 'node:http';
import { sleep, type Clock } from '../base/clock.ts';
import { Redacted } from '../base/redacted.ts';
import { nextHop, type Target } from './addresses.ts';
import { discard, problemOf, readJson } from './answer.ts';
import type { Authenticator } from './authenticator.ts';
import type { Limit } from './deadline.ts';
import { OciProblem } from './error-model.ts';
import { exchange, type Agents } from './exchange.ts';
import { classifyOciError } from './failure.ts';
import { parseRetryAfter, retryDelay, type Ending } from './retry.ts';

/** What all requests of one client share. */
export interface TransportOptions {
  readonly target: Target;
  readonly agents: Agents;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly random: () => number;
  readonly userAgent: string;
}

/** A request below the registry's origin, or to an address that it gave. */
export interface OciRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly accept?: string | undefined;
}

const longestTokenBytes = 256 * 1024;

/**
 * Sends a request with login, redirects and retries dealt with, and resolves with the head of an answer of any status; the
 * body is a stream that the caller reads or discards. Rejects with an OciProblem or with Node's error.
 */
export async function send(o: TransportOptions, request: OciRequest, limit: Limit): Promise<IncomingMessage> {
  const { authenticator, target } = o;
  const isHome = request.url.origin === target.origin.origin;
  const sent = isHome ? authenticator.current() : undefined;
  const first = await deliver(o, request, sent, limit);
  // A 401 of a server that the registry redirected to is not for us: the login would go to a stranger.
  if (first.response.statusCode !== 401 || first.origin !== target.origin.origin) return first.response;
  const renewed = await authenticator.answer(first.response.headers['www-authenticate'], sent, (url, basic) =>
    fetchToken(o, url, basic, limit),
  );
  if (renewed === undefined) return first.response;
  discard(first.response);
  return (await deliver(o, request, renewed, limit)).response;
}

/** The answer as a success, or its error. */
export async function sendOk(
  o: TransportOptions,
  request: OciRequest,
  limit: Limit,
): Promise<IncomingMessage> {
  return accepted(o, await send(o, request, limit));
}

/** Rejects with the problem that an answer outside 2xx stands for. */
export async function accepted(o: TransportOptions, response: IncomingMessage): Promise<IncomingMessage> {
  if (isOk(response)) return response;
  throw await problemOf(response, o.authenticator.redact, o.clock.now());
}

/** Whether the status is a success. */
export function isOk({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

async function fetchToken(
  o: TransportOptions,
  url: URL,
  basic: Redacted<string> | undefined,
  limit: Limit,
): Promise<Redacted<string>> {
  try {
    const { response } = await deliver(o, { method: 'GET', url }, basic, limit);
    return tokenIn(await readJson(await accepted(o, response), longestTokenBytes));
  } catch (error) {
    throw classifyOciError(error, { operation: 'token', host: url.host, anonymous: basic === undefined });
  }
}

function tokenIn({ token, access_token: accessToken }: Readonly<Record<string, unknown>>): Redacted<string> {
  const given = [token, accessToken].find((one) => typeof one === 'string' && one !== '');
  // What is no visible ASCII would break the header, and Node's error would quote it.
  if (typeof given === 'string' && /^[\x21-\x7e]+$/.test(given)) return new Redacted(given);
  throw new OciProblem({ code: 'ANSWER_UNREADABLE', status: 200, said: 'the answer has no usable token' });
}

interface Delivered {
  readonly response: IncomingMessage;
  /** Who answered. */
  readonly origin: string;
}

/** Repeats what may be repeated until it is answered for good or the time is short. */
async function deliver(
  o: TransportOptions,
  request: OciRequest,
  authorization: Redacted<string> | undefined,
  limit: Limit,
): Promise<Delivered> {
  for (let tried = 1; ; tried++) {
    const result = await follow(o, request, authorization, limit).catch((error: unknown) => ({ error }));
    const rest = { tried, leftMs: limit.leftMs(), random: o.random };
    const waitMs = retryDelay(request.method, endingOf(result, o.clock.now()), rest);
    if (waitMs === undefined) {
      if ('error' in result) throw result.error;
      return result;
    }
    if ('response' in result) discard(result.response);
    await sleep(o.clock, waitMs, limit.signal);
  }
}

function endingOf(result: Delivered | { readonly error: unknown }, nowMs: number): Ending {
  if ('error' in result) {
    const { error } = result;
    return { kind: 'lost', code: error instanceof Error && 'code' in error ? String(error.code) : undefined };
  }
  const { statusCode: status = 0, headers } = result.response;
  return { kind: 'answer', status, retryAfterMs: parseRetryAfter(headers['retry-after'], nowMs) };
}

/** Follows redirects; the login stays behind at the first other origin, and does not come back. */
async function follow(
  o: TransportOptions,
  request: OciRequest,
  authorization: Redacted<string> | undefined,
  limit: Limit,
): Promise<Delivered> {
  let { url } = request;
  let login = authorization;
  for (let hops = 0; ; hops++) {
    const headers = {
      'user-agent': o.userAgent,
      ...(request.accept === undefined ? {} : { accept: request.accept }),
    };
    const { method } = request;
    const outgoing = { method, url, headers, authorization: login, signal: limit.signal };
    const response = await exchange(o.target, o.agents, outgoing);
    const { statusCode: status = 0, headers: received } = response;
    const hop = nextHop(method, url, { status, location: received.location }, hops);
    if (hop.kind === 'end') return { response, origin: url.origin };
    discard(response);
    if (hop.kind === 'refuse') throw new OciProblem({ code: 'REDIRECT_REFUSED', status, said: hop.why });
    if (hop.url.origin !== url.origin) login = undefined;
    url = hop.url;
  }
}
