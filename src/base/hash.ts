import { createHash } from 'node:crypto';

/** Short, stable name for a text: 16 hex digits of its SHA-256. For change detection, never for passwords. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A number from 0 to 2^32 - 1 that depends on the text alone: to spread things evenly, at a tenth of the cost of SHA-256. */
export function hash32(text: string): number {
  // FNV-1a, then the mixing steps that end MurmurHash3, as texts that differ in their last letters only come close together.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
