import { styleText } from 'node:util';
import { duration, lineReport, terminalReport, type Report } from '../support/controlplane/progress.ts';
import { waitFor } from '../support/wait-for.ts';

/** What the demo prints. Plain text that reads the same in a log; colours and rewritten lines only on a terminal. */
export interface Screen {
  heading(text: string): void;
  /** What is done and why, in words. */
  say(text: string): void;
  /** A command as a person would type it. */
  command(text: string): void;
  /** What a program printed. */
  output(text: string): void;
  /** States what was seen; throws CheckFailed, with `detail`, when it was not. */
  check(what: string, seen: boolean, detail?: () => string): void;
  /** Waits until `probe` gives something, and shows for how long it has waited. Rejects after `timeoutMs` (60 s). */
  waitFor<T>(
    what: string,
    probe: () => T | Promise<T>,
    timeoutMs?: number,
  ): Promise<NonNullable<Exclude<T, false>>>;
  /** Shows nothing from now on. */
  mute(): void;
}

/** Something that the demo claims was not so. */
class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A screen on standard output or the like. `env.NO_COLOR` turns colours off. */
export function createScreen(out: Output, env: NodeJS.ProcessEnv = process.env): Screen {
  const isTerminal = out.isTTY === true;
  const paint = painter(isTerminal && !env['NO_COLOR']);
  let report: Report = isTerminal
    ? terminalReport(out)
    : lineReport((line) => out.write(`${line}\n`), Date.now);
  return {
    heading: (text) => report.line(`\n${paint('bold', `== ${text}`)}`),
    say: (text) => report.line(text),
    command: (text) => report.line(paint('cyan', `$ ${text.replaceAll('\n', '\n  ')}`)),
    output: (text) => report.line(indent(text)),
    check(what, seen, detail) {
      report.line(seen ? `${paint('green', 'ok')}      ${what}` : `${paint('red', 'FAILED')}  ${what}`);
      if (!seen) throw new CheckFailed(detail === undefined ? what : `${what}: ${detail()}`);
    },
    async waitFor(what, probe, timeoutMs = 60_000) {
      const since = Date.now();
      const show = (): void => report.progress(`...     ${what}, ${duration(Date.now() - since)}`);
      const timer = setInterval(show, isTerminal ? 500 : 5_000);
      try {
        return await waitFor(what, probe, { timeoutMs, everyMs: 100 });
      } finally {
        clearInterval(timer);
      }
    },
    mute() {
      report = { line: () => undefined, progress: () => undefined };
    },
  };
}

type Colour = 'bold' | 'cyan' | 'green' | 'red';

function painter(inColour: boolean): (colour: Colour, text: string) => string {
  return (colour, text) => (inColour ? styleText(colour, text, { validateStream: false }) : text);
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
