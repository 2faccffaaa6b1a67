import { annotations } from '../../api/names.ts';
import type { Verification, Verify } from '../../api/verification.ts';

/** What decides whether an object is to be verified. */
export interface Verifiable {
  metadata: {
    generation: number;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
  };
  spec: { verify?: Verify | undefined };
  status?: { verification?: Verification | undefined };
}

/** The times that the API server takes for one, but for days that a month has not: hours end at 23, seconds at 59. */
const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** The annotation that asks for a verification, letter by letter; undefined without a readable one. */
export function requestOf({ metadata }: Pick<Verifiable, 'metadata'>): string | undefined {
  const text = metadata.annotations?.[annotations.testRequestedAt] ?? '';
  const [, day] = rfc3339.exec(text) ?? [];
  return day !== undefined && isDay(day) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** Date.parse takes the 30th of February for the 2nd of March; the API server refuses a status that holds it. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/**
 * Whether an object is to be verified now. Pure. Asked is whether the annotation is another one, not whether it is newer:
 * the clocks of those who ask differ. A verification that did not end belongs to a process that did.
 */
export function isDue(object: Verifiable): boolean {
  const { metadata, spec, status } = object;
  if (metadata.deletionTimestamp !== undefined) return false;
  const last = status?.verification;
  const requested = requestOf(object);
  if (requested !== undefined && requested !== last?.requestedAt) return true;
  if (last !== undefined && last.finishedAt === undefined) return true;
  return spec.verify?.onChange === true && last?.observedGeneration !== metadata.generation;
}
