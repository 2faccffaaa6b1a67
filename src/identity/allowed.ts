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

/** `*` stands for any characters; nothing else is special. Linear, whatever the pattern. */
function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
