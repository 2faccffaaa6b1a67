import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from './figures.ts';
import type { Stage } from './world.ts';

/** All that came of a run; `rows` are in the order in which they ran. */
export interface Results {
  date: string;
  machine: string;
  namespaces: number;
  awsLatencyMs: number;
  seconds: number;
  rows: { title: string; figures: Figure[] }[];
  stages: readonly Stage[];
}

/** A Markdown table with aligned columns; cells of the same row of the table of promises name it once. */
export function markdownTable(rows: Results['rows']): string {
  const header = ['row', 'what', 'measured', 'ceiling', 'bar', 'result'];
  const lines = rows.flatMap(({ title, figures }) =>
    figures.map((figure, i) => [i === 0 ? title : '', ...cellsOf(figure)]),
  );
  const widths = header.map((name, i) => Math.max(name.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const format = (cells: string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [format(header), format(rule), ...lines.map(format)].join('\n');
}

function cellsOf({ what, value, unit, ceiling, bar, passed }: Figure): string[] {
  const withUnit = (n: number): string => `${inWords(n)} ${unit}`.trim();
  const share = ceiling === undefined ? '' : ` (${Math.round((100 * value) / ceiling)} %)`;
  return [
    what,
    withUnit(value) + share,
    ceiling === undefined ? '' : withUnit(ceiling),
    bar,
    bar === '' ? '' : passed ? 'pass' : 'MISSED',
  ];
}

/** Three digits are more than two runs agree on. */
function inWords(value: number): string {
  if (Number.isInteger(value) || value >= 100) return String(Math.round(value));
  return value.toFixed(value < 10 ? 2 : 1);
}

/** Writes `fan-out.json` and `fan-out.md` into a folder. */
export async function writeResults(folder: string, results: Results): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'fan-out.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  const text = `# Fan-out to ${results.namespaces} namespaces

${results.date}, ${results.machine}. AWS answers after ${results.awsLatencyMs} ms. The run took ${Math.round(results.seconds)} s.

${markdownTable(results.rows)}
`;
  await writeFile(join(folder, 'fan-out.md'), text);
}
