import { Redacted } from '../base/redacted.ts';
import { parseRegistryHost } from './hosts.ts';
import { longestLifetimeMs } from './refresh-schedule.ts';

/** What ECR or ECR Public gave, checked. Times are epoch milliseconds. */
export interface AuthorizationToken {
  readonly username: 'AWS';
  readonly password: Redacted<string>;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** The account that the caller belongs to; ECR Public does not tell it. */
  readonly accountId?: string;
}

/** Why an answer was refused. */
export type RefusalReason =
  | 'NoAuthorizationData'
  | 'SeveralAuthorizationData'
  | 'NotBase64'
  | 'NoColon'
  | 'WrongUser'
  | 'BadPassword'
  | 'NoExpiry'
  | 'Expired'
  | 'ExpiryTooFar'
  | 'BadProxyEndpoint';

/** An answer of ECR that must not reach a Secret. The message holds nothing of the answer. */
export class AuthorizationRefused extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, what: string) {
    super(`the answer of GetAuthorizationToken is refused: ${what}`);
    this.name = 'AuthorizationRefused';
    this.reason = reason;
  }
}

const longestPassword = 32 * 1024;
const longestEncoded = Math.ceil((longestPassword + 'AWS:'.length) / 3) * 4;

/**
 * Takes the answer of GetAuthorizationToken apart: `authorizationData` is a list of one for ECR, an object for ECR
 * Public. Throws AuthorizationRefused for anything that is not exactly as AWS documents it.
 *
 * @param nowMs epoch milliseconds, taken before the request so that the lifetime is never overrated
 */
export function parseAuthorizationData(answer: unknown, nowMs: number): AuthorizationToken {
  const data = onlyEntry(isObject(answer) ? answer['authorizationData'] : undefined);
  const password = passwordOf(data['authorizationToken']);
  const expiresAtMs = expiryOf(data['expiresAt'], nowMs);
  const accountId = accountOf(data['proxyEndpoint']);
  return {
    username: 'AWS',
    password: new Redacted(password),
    issuedAtMs: nowMs,
    expiresAtMs,
    ...(accountId !== undefined && { accountId }),
  };
}

function onlyEntry(data: unknown): Record<string, unknown> {
  const [entry, ...more] = Array.isArray(data) ? (data as unknown[]) : [data];
  if (more.length > 0) throw new AuthorizationRefused('SeveralAuthorizationData', 'it holds several tokens');
  if (!isObject(entry))
    throw new AuthorizationRefused('NoAuthorizationData', 'it holds no authorizationData');
  return entry;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function passwordOf(token: unknown): string {
  const text = typeof token === 'string' && token.length <= longestEncoded ? decode(token) : undefined;
  if (text === undefined)
    throw new AuthorizationRefused('NotBase64', 'authorizationToken is not base64 text of up to 32 kB');
  // Only the first colon separates: the password may hold more of them.
  const colon = text.indexOf(':');
  if (colon < 0) throw new AuthorizationRefused('NoColon', 'authorizationToken is not user:password');
  if (text.slice(0, colon) !== 'AWS') throw new AuthorizationRefused('WrongUser', 'the user is not AWS');
  const password = text.slice(colon + 1);
  if (password === '' || /\p{Cc}/u.test(password)) {
    throw new AuthorizationRefused('BadPassword', 'the password is empty or has control characters');
  }
  return password;
}

/** Strict: Buffer skips what is not base64, and TextDecoder would replace what is not UTF-8. */
function decode(token: string): string | undefined {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.toString('base64') !== token) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A Date, as the SDK gives it, or epoch seconds, as they are on the wire. */
function expiryOf(expiresAt: unknown, nowMs: number): number {
  const seconds = typeof expiresAt === 'number' ? expiresAt : NaN;
  const exact = expiresAt instanceof Date ? expiresAt.getTime() : seconds * 1000;
  // In whole seconds, as Secrets note it: only with the same times do they and the cache fall due together.
  const ms = Math.floor(exact / 1000) * 1000;
  if (!Number.isFinite(ms)) throw new AuthorizationRefused('NoExpiry', 'expiresAt is missing or no time');
  if (ms <= nowMs)
    throw new AuthorizationRefused('Expired', 'expiresAt has passed; check the clock of this node');
  if (exact > nowMs + longestLifetimeMs) {
    throw new AuthorizationRefused(
      'ExpiryTooFar',
      'expiresAt is more than 13 hours away; check the clock of this node',
    );
  }
  return ms;
}

/** Undefined also for an https host that is not ECR's own, such as a VPC endpoint or a stand-in for tests. */
function accountOf(proxyEndpoint: unknown): string | undefined {
  if (proxyEndpoint === undefined || proxyEndpoint === null) return undefined;
  const url = typeof proxyEndpoint === 'string' ? URL.parse(proxyEndpoint) : null;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    throw new AuthorizationRefused('BadProxyEndpoint', 'proxyEndpoint is not an https URL');
  }
  return parseRegistryHost(url.host)?.accountId;
}
