import type { Auth } from '../docker-config/docker-config.ts';
import type { DesiredToken } from './desired-secret.ts';
import type { TokenStep } from './plan.ts';
import type { TokenRecord, TokenRecords } from './token-records.ts';

/** A token that AWS gave, ready to be written. */
export interface IssuedToken extends Auth {
  issuedAtMs: number;
  /** In whole seconds, as the annotation notes it. */
  expiresAtMs: number;
  /** Account of the caller, where AWS said it. */
  accountId?: string | undefined;
}

/** Where the login of a token comes from in the next version of a Secret. */
export type TokenContent =
  | { kind: 'issued'; id: string; issued: IssuedToken; record: TokenRecord }
  /** The login that the Secret has now: the token is still good, or no newer one could be had. */
  | { kind: 'carried'; id: string; record: TokenRecord }
  /** The same, where its record was lost or cannot be believed: it stays until there is a newer one. */
  | { kind: 'unrecorded'; id: string; hosts: readonly string[] };

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
    const id = step.kind === 'hold' ? step.id : step.token.id;
    const fresh = step.kind === 'hold' ? undefined : issued.get(id);
    if (fresh !== undefined && step.kind !== 'hold' && isNews(step, fresh)) {
      content.push({
        kind: 'issued',
        id,
        issued: fresh,
        record: recordOf(step.token, fresh),
      });
    } else if (step.record !== undefined && !isTampered(step)) {
      content.push({ kind: 'carried', id, record: step.record });
    } else if (step.kind === 'fetch' && !step.token.dropWhenExpired) {
      // Without a record it is fetched as soon as AWS gives it.
      content.push({ kind: 'unrecorded', id, hosts: step.record?.hosts ?? step.token.hostsFor(undefined) });
    }
  }
  return eachHostOnce(content);
}

/**
 * Of two logins for one host the later is the one in the Secret, and only its record may speak of the host. What is not
 * recorded comes last: it says that there may be a login, not whose.
 */
function eachHostOnce(content: readonly TokenContent[]): TokenContent[] {
  const taken = new Set<string>();
  const take = (hosts: readonly string[]): string[] => {
    const free = hosts.filter((host) => !taken.has(host));
    for (const host of free) taken.add(host);
    return free;
  };
  const recorded = content.filter((c) => c.kind !== 'unrecorded').toReversed();
  const others = content.filter((c) => c.kind === 'unrecorded').toReversed();
  return [
    ...recorded.map((c) => ({
      ...c,
      record: { ...c.record, hosts: take(c.record.hosts) },
    })),
    ...others.map((c) => ({ ...c, hosts: take(c.hosts) })),
  ].toReversed();
}

/** Whether the data differ from what the Secret has. */
export function dataChanges(content: readonly TokenContent[], dropped: readonly string[]): boolean {
  return dropped.length > 0 || content.some((c) => c.kind === 'issued');
}

export function recordsOf(content: readonly TokenContent[]): TokenRecords {
  return Object.fromEntries(content.flatMap((c) => (c.kind === 'unrecorded' ? [] : [[c.id, c.record]])));
}

/**
 * The logins of the next version by registry host; of two for one host the later wins. `existing` are those of the
 * Secret as it is now; it is only asked for what is not newly issued.
 */
export function nextAuths(
  content: readonly TokenContent[],
  existing: ReadonlyMap<string, Auth>,
): Map<string, Auth> {
  const auths = new Map<string, Auth>();
  for (const c of content) {
    for (const host of c.kind === 'unrecorded' ? c.hosts : c.record.hosts) {
      const auth = c.kind === 'issued' ? c.issued : existing.get(host);
      if (auth !== undefined) auths.set(host, auth);
    }
  }
  return auths;
}

function recordOf(token: DesiredToken, issued: IssuedToken): TokenRecord {
  return {
    hash: token.hash,
    issuedAtMs: issued.issuedAtMs,
    expiresAtMs: issued.expiresAtMs,
    hosts: token.hostsFor(issued.accountId),
  };
}

/** What the data hold of it may be gone or somebody else's, whatever the record says. */
function isTampered(step: TokenStep): boolean {
  return step.kind === 'fetch' && step.because === 'tampered';
}

/** Whether a token is to be written: not the one that is there already, and none that expires before it. */
function isNews(step: Exclude<TokenStep, { kind: 'hold' }>, fresh: IssuedToken): boolean {
  if (step.kind === 'keep') return false;
  const { record } = step;
  if (record === undefined) return true;
  if (step.because === 'tampered' || step.because === 'changed') return true;
  return fresh.issuedAtMs !== record.issuedAtMs && fresh.expiresAtMs >= record.expiresAtMs;
}
