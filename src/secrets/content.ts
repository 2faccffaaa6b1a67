import type { Auth } from '../docker-config/docker-config.ts';
import { parseRegistryHost } from '../aws/hosts.ts';
import type { DesiredToken } from './desired-secret.ts';
import type { TokenStep } from './plan.ts';
import type { TokenRecord, TokenRecords } from './token-records.ts';

/** A token that AWS gave, ready to be written. */
export interface IssuedToken extends Auth {
  issuedAtMs: number;
  expiresAtMs: number;
  /** Account of the caller, where AWS said it. */
  accountId?: string | undefined;
}

/** Where the login of a token comes from in the next version of a Secret. */
export type TokenContent =
  | { kind: 'issued'; token: DesiredToken; issued: IssuedToken; record: TokenRecord }
  /** The login that the Secret has now: the token is still good, or no newer one could be had. */
  | { kind: 'carried'; token: DesiredToken; record: TokenRecord };

/**
 * Chooses the content of the next version: a new token where there is one, else what the Secret has. Never worse: a
 * token that failed keeps its old login, and a token that expires earlier than the one in place is not written.
 */
export function nextContent(
  steps: readonly TokenStep[],
  issued: ReadonlyMap<string, IssuedToken>,
): TokenContent[] {
  const content: TokenContent[] = [];
  for (const step of steps) {
    const fresh = issued.get(step.token.id);
    const { token, record } = step;
    if (fresh !== undefined && !goesBackwards(step, fresh)) {
      content.push({ kind: 'issued', token, issued: fresh, record: recordOf(token, fresh) });
    } else if (record !== undefined) {
      content.push({ kind: 'carried', token, record });
    }
  }
  return content;
}

/** Whether the data differ from what the Secret has. */
export function dataChanges(content: readonly TokenContent[], dropped: readonly string[]): boolean {
  return dropped.length > 0 || content.some((c) => c.kind === 'issued');
}

export function recordsOf(content: readonly TokenContent[]): TokenRecords {
  return Object.fromEntries(content.map((c) => [c.token.id, c.record]));
}

/**
 * The logins of the next version by registry host. `existing` are those of the Secret as it is now; it is only asked
 * when a token is carried.
 */
export function nextAuths(
  content: readonly TokenContent[],
  existing: ReadonlyMap<string, Auth>,
): Map<string, Auth> {
  const auths = new Map<string, Auth>();
  for (const c of content) {
    if (c.kind === 'issued') {
      for (const host of c.token.hostsFor(c.issued.accountId)) auths.set(host, c.issued);
    } else {
      for (const [host, auth] of carriedAuths(c.token, existing)) auths.set(host, auth);
    }
  }
  return auths;
}

/** Hosts of a carried token; where the caller's account is not known now, all that the Secret has of its region. */
function carriedAuths(token: DesiredToken, existing: ReadonlyMap<string, Auth>): [string, Auth][] {
  const hosts = token.hostsFor(undefined);
  if (hosts.length > 0) return [...existing].filter(([host]) => hosts.includes(host));
  return [...existing].filter(([host]) => parseRegistryHost(host)?.region === token.region);
}

function recordOf(token: DesiredToken, issued: IssuedToken): TokenRecord {
  const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;
  return {
    hash: token.hash,
    issuedAtMs: wholeSeconds(issued.issuedAtMs),
    expiresAtMs: wholeSeconds(issued.expiresAtMs),
  };
}

function goesBackwards(step: TokenStep, fresh: IssuedToken): boolean {
  if (step.kind === 'fetch' && (step.because === 'tampered' || step.because === 'changed')) return false;
  return step.record !== undefined && Math.floor(fresh.expiresAtMs / 1000) * 1000 < step.record.expiresAtMs;
}
