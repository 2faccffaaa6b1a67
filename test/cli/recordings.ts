import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

const file = join(import.meta.dirname, '../../docs/cli.md');

/**
 * Compares what a command printed with its recording in docs/cli.md: the block that begins with `$ <command>`. With
 * `RECORD=1` in the environment the recording is written instead.
 */
export async function expectRecorded(command: string, printed: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const begin = `\`\`\`\n$ ${command}\n`;
  const start = text.indexOf(begin) + begin.length;
  if (start < begin.length) throw new Error(`docs/cli.md has no block that begins with $ ${command}`);
  const end = text.indexOf('```', start);
  if (process.env['RECORD'] === undefined) expect(text.slice(start, end)).toBe(printed);
  else await writeFile(file, text.slice(0, start) + printed + text.slice(end));
}

/** The same length for everybody: what really took a little more or less each time. */
const stageMs: Readonly<Record<string, number>> = {
  ServiceAccount: 1,
  WebIdentityToken: 9,
  AssumeRole: 46,
  CallerIdentity: 0,
  AuthorizationToken: 38,
  RegistryPing: 21,
  Pull: 17,
  Push: 18,
};

/** Puts fixed values in the place of those that differ from run to run; `texts`: what was printed -> what stands for it. */
export function normalized(text: string, texts: ReadonlyMap<string, string>): string {
  let out = text;
  for (const [from, to] of texts) out = out.replaceAll(from, to);
  let sum = 0;
  return out
    .replaceAll(/^(\w+ +(\w+) +)[\d.]+ m?s/gm, (_all, head: string, name: string) => {
      const ms = stageMs[name] ?? 0;
      sum += ms;
      return `${head.trimEnd()} ${String(ms).padStart(4 + 18 - name.length)} ms`;
    })
    .replaceAll(/, [\d.]+ m?s\)/g, () => `, ${sum} ms)`)
    .replaceAll(/request id [\w-]+/g, 'request id 8a2c3f0e-5d1b-4c6f-9a57-0f6f0b6f2f11')
    .replaceAll(/in [56]h\d*m? \(/g, 'in 5h57m (')
    .replaceAll(/in 11h\d+m( |$)/gm, 'in 11h57m$1')
    .replaceAll(/ (True|False) +\d+[ms]\w* +/g, ' $1   3m   ')
    .replaceAll(/since \d+[ms]\w*/g, 'since 3m')
    .replaceAll(/ \d+[ms]\w*( ago|$)/gm, ' 3m$1');
}
