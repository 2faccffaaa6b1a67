import { annotations } from '../api/names.ts';
import type { Freshness } from '../aws/token-source.ts';

/** Epoch milliseconds of the annotation that asks for a refresh; 0 without a readable one. */
export function requestedTime(objectAnnotations: Readonly<Record<string, string>> | undefined): number {
  const text = objectAnnotations?.[annotations.refreshRequestedAt];
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? 0 : ms;
}

/**
 * Which tokens and failures do not do for an object: those from before a refresh that was requested, and failures from
 * before its last change. `observedGeneration` is that of its status.
 */
export function freshnessFor(
  metadata: { generation: number; annotations?: Readonly<Record<string, string>> },
  observedGeneration: number | undefined,
  now: number,
): Required<Freshness> {
  const changed = observedGeneration !== undefined && metadata.generation !== observedGeneration;
  const failuresFromMs = changed ? now : 0;
  return { notBeforeMs: requestedAt(metadata.annotations, now), failuresFromMs };
}

/** Like `requestedTime`, but 0 for a time to come: such a request counts from then on. */
export function requestedAt(
  objectAnnotations: Readonly<Record<string, string>> | undefined,
  now: number,
): number {
  const time = requestedTime(objectAnnotations);
  return time <= now ? time : 0;
}
