/**
 * The same function, which remembers what it gave for the last `size` texts. The result for equal texts is the same object:
 * to be used for results that nobody changes.
 */
export function memoize<T>(size: number, compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = compute(text);
    const oldest = known.size < size ? undefined : known.keys().next().value;
    if (oldest !== undefined) known.delete(oldest);
    known.set(text, value);
    return value;
  };
}
