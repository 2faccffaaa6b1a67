import type { Clock } from '../../base/clock.ts';
import { stageDuration } from '../durations.ts';
import type { Output } from '../io.ts';

/** Prints lines as they come; on a terminal a last line ticks while the next one is waited for. */
export interface LiveLines {
  print(lines: readonly string[]): void;
  /** Takes the ticking line away. */
  stop(): void;
}

const tickMs = 100;
const clearLine = '\r\x1b[K';

/** `waitingFor` is what the ticking line says. Where `out` is no terminal there is none. */
export function liveLines(out: Output, clock: Clock, waitingFor: string): LiveLines {
  const ticks = out.isTTY === true;
  let since = clock.now();
  let cancel = (): void => undefined;
  const show = (): void => {
    out.write(`${clearLine}...     ${waitingFor}, ${stageDuration(clock.now() - since)}`);
    cancel = clock.after(tickMs, show);
  };
  const clear = (): void => {
    cancel();
    if (ticks) out.write(clearLine);
  };
  if (ticks) show();
  return {
    print(lines) {
      if (lines.length === 0) return;
      clear();
      out.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
      since = clock.now();
      if (ticks) show();
    },
    stop: clear,
  };
}
