import { matchesGlob } from '../base/glob.ts';
import type { Winner } from './levels.ts';

/**
 * Whether a winner may be used by a registry that restricts what pipelines bring. Names given on the registry itself, at the
 * levels runtime and account, are its own and always allowed. Without a list every name is.
 */
export function isAllowed(
  { level, serviceAccount }: Winner,
  allowed: readonly string[] | undefined,
): boolean {
  if (allowed === undefined || level === 'runtime' || level === 'account') return true;
  return allowed.some((pattern) => matchesGlob(pattern, serviceAccount));
}
