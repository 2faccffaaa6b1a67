/** Where set-up tells what it does: lines that stay, and a state that the next one replaces. */
export interface Report {
  line(text: string): void;
  progress(text: string): void;
}

/** How far `go build` is. `total` is undefined while the packages are still being counted. */
export interface BuildState {
  readonly started: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
  readonly current: string | undefined;
}

/** Milliseconds as `45 s` or `2 min 5 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** One line about a running build, such as `compiling package 312 of 1410 (22 %), 1 min 10 s: k8s.io/api/core/v1`. */
export function buildProgress({ started, total, elapsedMs, current }: BuildState): string {
  const time = duration(elapsedMs);
  if (total === undefined) return `resolving Go modules, ${time}${current ? `: ${current}` : ''}`;
  if (started >= total) return `linking, ${time}`;
  const percent = Math.floor((100 * started) / total);
  return `compiling package ${started} of ${total} (${percent} %), ${time}${current ? `: ${current}` : ''}`;
}

/** Reports to a log: progress becomes a line every `everyMs` at most. */
export function lineReport(write: (line: string) => void, now: () => number, everyMs = 5_000): Report {
  let last = now();
  return {
    line: write,
    progress(text) {
      if (now() - last < everyMs) return;
      last = now();
      write(text);
    },
  };
}

/** Reports to a terminal: progress rewrites one line, cut to the width so that it stays one. */
export function terminalReport(stream: { write(text: string): unknown; readonly columns?: number }): Report {
  const clearLine = '\r\x1b[K';
  return {
    line: (text) => void stream.write(`${clearLine}${text}\n`),
    progress: (text) => void stream.write(clearLine + text.slice(0, (stream.columns || 80) - 1)),
  };
}

/** The report that fits stderr of this process. */
export function stderrReport(): Report {
  if (process.stderr.isTTY) return terminalReport(process.stderr);
  return lineReport((line) => process.stderr.write(`${line}\n`), Date.now);
}
