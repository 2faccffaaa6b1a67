import type { Condition } from '../api/conditions.ts';
import { readyOf } from './get/rows.ts';
import { describeSubject, type Subject } from './kinds.ts';

/** Whether a refresh that was asked for has come. */
export type RefreshProgress =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'done'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** When the tokens of each Secret expire, by the name of the Secret; those that have none are left out. */
type Expiries = ReadonlyMap<string, string>;

function expiriesOf(subject: Subject): Expiries {
  if (subject.kind === 'EcrPipeline') {
    const secrets = subject.object.status?.secrets ?? [];
    return new Map(secrets.flatMap((s) => (s.expiresAt === undefined ? [] : [[s.secretName, s.expiresAt]])));
  }
  const { expiresAt, secretName = '' } = subject.object.status ?? {};
  return new Map(expiresAt === undefined ? [] : [[secretName, expiresAt]]);
}

/** Pure: compares an object with itself before the refresh was asked for. */
export function refreshProgress(before: Subject, now: Subject): RefreshProgress {
  const ready = readyOf(now);
  if (ready?.status === 'False' && !sameCondition(readyOf(before), ready))
    return { kind: 'failed', message: `${describeSubject(now)}: ${ready.reason}: ${ready.message}` };
  const old = expiriesOf(before);
  const current = expiriesOf(now);
  const isNewer = ([name, time]: readonly [string, string]): boolean =>
    Date.parse(time) > Date.parse(old.get(name) ?? '1970-01-01T00:00:00Z');
  const wanted = new Set([...old.keys(), ...current.keys()]);
  const newer = [...current].filter(isNewer);
  if (wanted.size === 0 || newer.length < wanted.size) return { kind: 'waiting' };
  const [first = ''] = newer.map(([, time]) => time).toSorted();
  const count = newer.length === 1 ? '' : ` in ${newer.length} Secrets`;
  return { kind: 'done', message: `${describeSubject(now)} has new tokens${count}, good until ${first}` };
}

/** A registry that was not ready before, and still is not for the same reason, may yet get there. */
function sameCondition(a: Condition | undefined, b: Condition): boolean {
  return a?.status === b.status && a.reason === b.reason && a.message === b.message;
}
