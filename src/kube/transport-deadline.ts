import type { Clock } from '../base/clock.ts';

/** A signal that aborts when the caller's does, or when the time is up. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Starts the time; without it only the caller's signal counts. */
  readonly start: () => void;
  /** Lets go of the clock and the caller's signal. Must be called, or a long-lived signal gathers listeners. */
  readonly stop: () => void;
}

/** `timedOut` makes the reason of the abort when `ms` are over. */
export function deadline(
  clock: Clock,
  ms: number,
  timedOut: () => Error,
  outer: AbortSignal | undefined,
): Deadline {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer?.reason);
  if (outer?.aborted === true) follow();
  outer?.addEventListener('abort', follow, { once: true });
  let cancel: (() => void) | undefined;
  return {
    signal: controller.signal,
    start() {
      cancel ??= clock.after(ms, () => controller.abort(timedOut()));
    },
    stop() {
      cancel?.();
      outer?.removeEventListener('abort', follow);
    },
  };
}
