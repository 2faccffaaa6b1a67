import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../base/clock.ts';

/** So long nothing must have been worked on. */
const quietMs = 2_000;
/** So much garbage makes a collection worth its fiftieth of a second. */
const worthBytes = 6 * 2 ** 20;

export interface IdleCollection {
  clock: Clock;
  /** Grows with everything that is worked on. */
  worked(): number;
  /** Collects all garbage; undefined where Node was started without --expose-gc. */
  collect: (() => void) | undefined;
  /** Bytes of the heap in use; that of this process when not said. */
  heapBytes?: () => number;
}

/**
 * Gives memory back when there is nothing to do. V8 collects when it allocates: a process that has renewed ten thousand
 * Secrets and falls silent would sit on their garbage until the next time, hours later. Ends with the signal.
 */
export function collectWhenIdle(
  { clock, worked, collect, heapBytes = usedHeap }: IdleCollection,
  signal: AbortSignal,
): void {
  if (collect === undefined) return;
  let workedBefore = worked();
  let bytesAfter = 0;
  const look = (): void => {
    const now = worked();
    const isQuiet = now === workedBefore;
    workedBefore = now;
    if (isQuiet && heapBytes() - bytesAfter > worthBytes) {
      collect();
      bytesAfter = heapBytes();
    }
    cancel = clock.after(quietMs, look);
  };
  let cancel = clock.after(quietMs, look);
  signal.addEventListener('abort', () => cancel(), { once: true });
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size;
}
