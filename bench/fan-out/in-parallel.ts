/** Does `each` for all items, so many at a time, in their order. */
export async function inParallel<T>(
  items: Iterable<T>,
  atOnce: number,
  each: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await each(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** The numbers from 0. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
