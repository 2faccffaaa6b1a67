import { annotations } from '../../api/names.ts';
import type { Stage } from '../../api/verification.ts';
import type { Subject } from '../kinds.ts';

/** How far a test is that was asked for at a time. */
export type Progress =
  /** No operator has begun. */
  | { readonly kind: 'waiting' }
  | ({ readonly kind: 'running' } & Ended)
  | ({ readonly kind: 'finished'; readonly ok: boolean } & Ended);

/** The stages so far: the last of them, and how many went through before. */
export interface Ended {
  readonly ended: readonly Stage[];
  readonly omitted: number;
}

/**
 * Pure: reads an object. The test that counts is the one that the annotation asks for now: where somebody else asked after
 * us, theirs is the answer to both.
 */
export function progressOf({ object }: Pick<Subject, 'object'>): Progress {
  const { verification } = object.status ?? {};
  const requestedAt = object.metadata.annotations?.[annotations.testRequestedAt];
  if (verification === undefined || verification.requestedAt !== requestedAt) return { kind: 'waiting' };
  const { stages: ended, omittedStages: omitted = 0, finishedAt } = verification;
  if (finishedAt === undefined) return { kind: 'running', ended, omitted };
  return { kind: 'finished', ended, omitted, ok: verification.ok ?? ended.every(({ ok }) => ok) };
}
