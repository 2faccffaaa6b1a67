import { duration } from '../controlplane/progress.ts';

/** Runs a part of the set-up, and says how long it took; an error names the part. */
export async function stage<T>(title: string, part: () => Promise<T>): Promise<T> {
  const since = Date.now();
  try {
    const result = await part();
    console.error(`  ${title.padEnd(52)} ${duration(Date.now() - since)}`);
    return result;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${title}: ${reason}`, { cause });
  }
}
