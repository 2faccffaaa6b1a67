/**
 * Quotes text that came from a user or from a server for a message: in double quotes, at most `maxChars` characters of
 * it, everything but printable ASCII as an escape, so that no line break, terminal code or look-alike gets through.
 */
export function quoted(text: string, maxChars = 80): string {
  const kept = text.length > maxChars ? text.slice(0, maxChars) : text;
  const escaped = kept.replace(/["\\]|[^\x20-\x7e]/g, escapeUnit);
  return `"${escaped}"${text.length > maxChars ? '...' : ''}`;
}

function escapeUnit(unit: string): string {
  if (unit === '"' || unit === '\\') return `\\${unit}`;
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
