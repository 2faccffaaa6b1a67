/**
 * The results of all promises, or the error of the first that failed, but not before every one of them has ended: nothing
 * goes on behind the caller's back.
 */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
