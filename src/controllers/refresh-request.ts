import { annotations } from '../api/names.ts';

/** Epoch milliseconds of the annotation that asks for a refresh; 0 without a readable one. */
export function requestedTime(objectAnnotations: Readonly<Record<string, string>> | undefined): number {
  const text = objectAnnotations?.[annotations.refreshRequestedAt];
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? 0 : ms;
}

/** The same, but 0 for a time to come: such a request counts from then on. */
export function requestedAt(
  objectAnnotations: Readonly<Record<string, string>> | undefined,
  now: number,
): number {
  const time = requestedTime(objectAnnotations);
  return time <= now ? time : 0;
}
