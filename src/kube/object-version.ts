/**
 * Whether resourceVersion `a` is newer than `b`. Both are decimal numbers of one kind's history (comparable since the API
 * server says so of its own kinds), and may be longer than a double is exact.
 */
export function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
