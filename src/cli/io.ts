import type { Clock } from '../base/clock.ts';

/** A stream that a command prints to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** All that a command has of the world, but for the cluster. */
export interface Io {
  /** The answer. */
  readonly out: Output;
  /** What is not part of the answer: notes and errors. */
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Time of day. */
  readonly clock: Clock;
  /** Aborts when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
  /** Reads standard input to its end, or until the signal aborts. */
  readonly readInput: (signal: AbortSignal) => Promise<string>;
}

/** Prints lines of the answer. */
export function printLines({ out }: Pick<Io, 'out'>, lines: readonly string[]): void {
  out.write(lines.map((line) => `${line.trimEnd()}\n`).join(''));
}

/** Tells something that is not part of the answer. */
export function note({ err }: Pick<Io, 'err'>, text: string): void {
  err.write(`${text}\n`);
}
