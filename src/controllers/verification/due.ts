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

/** The times that the API server takes for one. */
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** The annotation that asks for a verification, letter by letter; undefined without a readable one. */
export function requestOf({ metadata }: Pick<Verifiable, 'metadata'>): string | undefined {
  const text = metadata.annotations?.[annotations.testRequestedAt] ?? '';
  return rfc3339.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
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
