import { createHash } from 'node:crypto';

/** Short, stable name for a text: 16 hex digits of its SHA-256. For change detection, never for passwords. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
