import type { Condition } from '../api/conditions.ts';
import { readyOf } from './get/rows.ts';
import { describeSubject, type Subject } from './kinds.ts';

/** Whether a refresh that was asked for has come. */
export type RefreshProgress =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'done'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** A Secret that an object keeps. */
interface KeptSecret {
  readonly name: string;
  /** RFC 3339; undefined where it has no token. */
  readonly expiresAt: string | undefined;
  /** What is wrong with it, where the status tells. */
  readonly problem: string | undefined;
}

function secretsOf({ kind, object }: Subject): KeptSecret[] {
  if (kind !== 'EcrPipeline') {
    const { expiresAt, secretName = '' } = object.status ?? {};
    return [{ name: secretName, expiresAt, problem: undefined }];
  }
  return (object.status?.secrets ?? []).map(({ secretName, expiresAt, ready, reason, message }) => ({
    name: secretName,
    expiresAt,
    problem: ready ? undefined : `${reason ?? 'NotReady'}: ${message ?? 'no reason is told'}`,
  }));
}

/** Pure: compares an object with itself before the refresh was asked for. */
export function refreshProgress(before: Subject, now: Subject): RefreshProgress {
  const ready = readyOf(now);
  if (ready?.status === 'False' && !sameCondition(readyOf(before), ready))
    return { kind: 'failed', message: `${describeSubject(now)}: ${ready.reason}: ${ready.message}` };
  const old = new Map(secretsOf(before).map(({ name, expiresAt }) => [name, timeOf(expiresAt)]));
  const isNewer = ({ name, expiresAt }: KeptSecret): boolean => timeOf(expiresAt) > (old.get(name) ?? 0);
  const wanted = secretsOf(now);
  const newer = wanted.filter(isNewer);
  if (newer.length === 0) return { kind: 'waiting' };
  if (newer.length < wanted.length)
    return progressOfRest(
      now,
      wanted.filter((one) => !isNewer(one)),
    );
  const [first = ''] = newer.map(({ expiresAt = '' }) => expiresAt).toSorted();
  const count = newer.length === 1 ? '' : ` in ${newer.length} Secrets`;
  return { kind: 'done', message: `${describeSubject(now)} has new tokens${count}, good until ${first}` };
}

/** The operator sees to all Secrets of a pipeline before it says how they are: one that lacks a token then is not late. */
function progressOfRest(now: Subject, rest: readonly KeptSecret[]): RefreshProgress {
  const failed = rest.find(({ problem }) => problem !== undefined);
  if (readyOf(now)?.status !== 'False' || failed === undefined) return { kind: 'waiting' };
  const message = `${describeSubject(now)}: Secret ${failed.name} has no new token: ${failed.problem}`;
  return { kind: 'failed', message };
}

function timeOf(time: string | undefined): number {
  return time === undefined ? 0 : Date.parse(time);
}

/** A registry that was not ready before, and still is not for the same reason, may yet get there. */
function sameCondition(a: Condition | undefined, b: Condition): boolean {
  return a?.status === b.status && a.reason === b.reason && a.message === b.message;
}
