import type { Condition } from '../../api/conditions.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { relativeTime, shortDuration } from '../durations.ts';
import type { Subject } from '../kinds.ts';

/** What a table shows. */
export interface TableShape {
  readonly namespaces: boolean;
  readonly wide: boolean;
}

const none = '-';

/** Header and rows of one table over all kinds; `now` is epoch milliseconds. */
export function tableRows(subjects: readonly Subject[], shape: TableShape, now: number): string[][] {
  const cells = subjects.map((subject) => cellsOf(subject, now));
  const columns = [
    ...(shape.namespaces ? (['NAMESPACE'] as const) : []),
    ...(['KIND', 'NAME', 'READY', 'REASON', 'SERVICE ACCOUNT', 'SECRET', 'EXPIRES', 'AGE'] as const),
    ...(shape.wide ? (['REFRESH', 'MESSAGE'] as const) : []),
  ];
  return [[...columns], ...cells.map((row) => columns.map((column) => row[column]))];
}

type Column =
  | 'NAMESPACE'
  | 'KIND'
  | 'NAME'
  | 'READY'
  | 'REASON'
  | 'SERVICE ACCOUNT'
  | 'SECRET'
  | 'EXPIRES'
  | 'AGE'
  | 'REFRESH'
  | 'MESSAGE';

function cellsOf(subject: Subject, now: number): Record<Column, string> {
  const { namespace, name, creationTimestamp } = subject.object.metadata as Metadata;
  const ready = readyOf(subject);
  return {
    NAMESPACE: namespace ?? none,
    KIND: subject.kind,
    NAME: name,
    READY: ready?.status ?? none,
    REASON: ready?.reason ?? 'NotSeenYet',
    'SERVICE ACCOUNT': accountsOf(subject),
    SECRET: secretsOf(subject),
    EXPIRES: relativeTime(subject.object.status?.expiresAt, now) ?? none,
    AGE: creationTimestamp === undefined ? none : shortDuration(now - Date.parse(creationTimestamp)),
    REFRESH: relativeTime(refreshOf(subject), now) ?? none,
    MESSAGE: ready?.message ?? none,
  };
}

interface Metadata {
  readonly namespace?: string;
  readonly name: string;
  readonly creationTimestamp?: string;
}

/** The condition that sums up the others. */
export function readyOf({ object }: Subject): Condition | undefined {
  return object.status?.conditions?.find(({ type }) => type === 'Ready');
}

function accountsOf(subject: Subject): string {
  if (subject.kind === 'EcrPipeline') return subject.object.status?.serviceAccounts || none;
  const { level, serviceAccount } = subject.object.status?.identity ?? {};
  if (serviceAccount !== undefined)
    return level === undefined ? serviceAccount : `${serviceAccount} (${level})`;
  const { source } = subject.object.spec.credentials;
  return source === 'ServiceAccount' ? none : `(${source})`;
}

/** One name, or how many of how many are ready. */
function secretsOf(subject: Subject): string {
  if (subject.kind === 'EcrRegistry') return secretNameOf(subject.object);
  const ready = subject.object.status?.ready;
  return ready === undefined ? none : `${ready} ready`;
}

/** When the first of its Secrets is refreshed. */
function refreshOf(subject: Subject): string | undefined {
  if (subject.kind !== 'EcrPipeline') return subject.object.status?.refreshAt;
  const times = subject.object.status?.secrets?.flatMap(({ refreshAt }) => refreshAt ?? []) ?? [];
  return times.toSorted()[0];
}
