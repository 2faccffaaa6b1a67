import { isIP } from 'node:net';

/** Where a client sends its requests. */
export interface Target {
  /** What the registry calls itself; logins go to this origin and to no other. */
  readonly origin: URL;
  /** Where to connect to for it; undefined: to the host itself. */
  readonly endpoint: URL | undefined;
}

/**
 * Checks a registry host (`name` or `name:port`) and the address to reach it at, which is for tests and port forwards.
 * Throws an Error for what is no host, and for plain http to anywhere but the loopback address.
 */
export function targetOf(host: string, endpoint: URL | undefined): Target {
  const plain = endpoint?.protocol === 'http:';
  if (endpoint !== undefined && !plain && endpoint.protocol !== 'https:')
    throw new Error(`endpoint ${endpoint.origin} is neither https nor http`);
  if (endpoint !== undefined && plain && !isLoopback(endpoint.hostname))
    throw new Error(`endpoint ${endpoint.origin} is plain http, which is for the loopback address only`);
  const url = /^[A-Za-z0-9.[\]:-]+$/.test(host) ? URL.parse(`${plain ? 'http' : 'https'}://${host}/`) : null;
  if (url === null)
    throw new Error(`${JSON.stringify(host)} is no registry host: a name, with or without a port`);
  return { origin: url, endpoint };
}

/** What to do with an answer: `end` takes it as it is. */
export type Hop =
  | { readonly kind: 'end' }
  | { readonly kind: 'follow'; readonly url: URL }
  /** `why` says what is wrong with it, without its query, which may be signed. */
  | { readonly kind: 'refuse'; readonly why: string };

const mostHops = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Decides about the answer to a request for `from`. Only what reads is redirected: registries send readers of layers to
 * their storage. `hops` counts the redirects that were followed before.
 */
export function nextHop(
  method: string,
  from: URL,
  answer: { readonly status: number; readonly location: string | undefined },
  hops: number,
): Hop {
  if (!redirects.has(answer.status)) return { kind: 'end' };
  const to = answer.location === undefined ? null : URL.parse(answer.location, from.href);
  if (to === null) return { kind: 'refuse', why: 'a redirect without a usable Location' };
  const where = `a redirect to ${to.protocol}//${to.host}`;
  if (method !== 'GET' && method !== 'HEAD') return { kind: 'refuse', why: `${where} of a ${method}` };
  if (hops >= mostHops) return { kind: 'refuse', why: `${where} after ${hops} others` };
  if (!isSafe(from, to)) return { kind: 'refuse', why: `${where}, which is not https` };
  if (hasLogin(to)) return { kind: 'refuse', why: `${where} with a login in it` };
  return { kind: 'follow', url: to };
}

/**
 * Where an upload goes on that was started at `started`: `location` may be relative, absolute or missing, and `uuid`, the
 * id of the upload, makes up for one that is missing or not to be trusted. Undefined where neither tells.
 */
export function uploadUrl(
  started: URL,
  answer: { readonly location: string | undefined; readonly uuid: string | undefined },
): URL | undefined {
  const given = answer.location === undefined ? null : URL.parse(answer.location, started.href);
  const isOurs = given?.protocol === 'https:' || given?.origin === started.origin;
  if (given !== null && isOurs && !hasLogin(given)) return given;
  const { uuid } = answer;
  return uuid !== undefined && /^[\w=-][\w.=-]{0,127}$/.test(uuid) ? new URL(uuid, started) : undefined;
}

/** https anywhere; plain http only from one server of this machine to another. */
function isSafe(from: URL, to: URL): boolean {
  if (to.protocol === 'https:') return true;
  return to.protocol === 'http:' && from.protocol === 'http:' && isLoopback(to.hostname);
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}

function hasLogin(url: URL): boolean {
  return url.username !== '' || url.password !== '';
}
