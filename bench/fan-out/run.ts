import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, startTestbed } from '../testbed.ts';
import { markdownTable, type Results, writeResults } from './report.ts';
import type { Row } from './row.ts';
import { deletion } from './rows/deletion.ts';
import { failover } from './rows/failover.ts';
import { firstFanOut } from './rows/first-fan-out.ts';
import { idle } from './rows/idle.ts';
import { memory } from './rows/memory.ts';
import { newNamespaces } from './rows/new-namespaces.ts';
import { ownRegistries } from './rows/own-registries.ts';
import { renewal } from './rows/renewal.ts';
import { restart } from './rows/restart.ts';
import { createWorld, type World } from './world.ts';

/**
 * Measures everything that is promised of one registry for ten thousand namespaces, beside what the API server alone takes
 * in the same run. Run with `make bench`; `ARGS='--namespaces=1000 --only=renewal,restart'` for a part of it.
 */
const rows: readonly Row[] = [
  firstFanOut,
  renewal,
  restart,
  memory,
  newNamespaces,
  idle,
  failover,
  deletion,
  ownRegistries,
];
const awsLatencyMs = 30;
const fullSize = 10_000;
const resultsFolder = join(import.meta.dirname, '../results');

interface Options {
  namespaces: number;
  chosen: readonly Row[];
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: { namespaces: { type: 'string', default: String(fullSize) }, only: { type: 'string' } },
  });
  const namespaces = Number(values.namespaces);
  if (!Number.isInteger(namespaces) || namespaces < 100) {
    throw new Error(`--namespaces=${values.namespaces} is no whole number from 100`);
  }
  const names = values.only?.split(',') ?? rows.map(({ name }) => name);
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`--only=${unknown}: there are ${rows.map(({ name }) => name).join(', ')}`);
  }
  return { namespaces, chosen: rows.filter(({ name }) => names.includes(name)) };
}

/** A row that fails does not keep the others from being measured. */
async function runRow({ title, run }: Row, world: World): Promise<Results['rows'][number]> {
  console.log(`\n${title}`);
  try {
    return { title, figures: await run(world) };
  } catch (error) {
    console.error(error);
    const what = `failed: ${error instanceof Error ? error.message : String(error)}`;
    return { title, figures: [{ what, value: Number.NaN, unit: '', bar: 'to be measured', passed: false }] };
  }
}

async function main(): Promise<void> {
  const { namespaces, chosen } = readOptions();
  const started = performance.now();
  const bed = await startTestbed(awsLatencyMs);
  try {
    const world = createWorld(bed, namespaces);
    const results: Results = {
      date: new Date().toISOString().slice(0, 10),
      machine: machine(),
      namespaces,
      awsLatencyMs,
      seconds: 0,
      rows: [],
      stages: world.stages,
    };
    for (const row of chosen) results.rows.push(await runRow(row, world));
    results.seconds = (performance.now() - started) / 1000;
    report(results, chosen.length === rows.length && namespaces === fullSize);
    if (chosen.length === rows.length && namespaces === fullSize) await writeResults(resultsFolder, results);
  } finally {
    await bed.stop();
  }
}

function report({ namespaces, machine: where, rows: measured, seconds }: Results, whole: boolean): void {
  console.log(`\n${namespaces} namespaces. ${where}\n\n${markdownTable(measured)}\n`);
  const missed = measured.flatMap(({ figures }) => figures).filter(({ passed }) => !passed);
  console.log(`${Math.round(seconds)} s in all; ${missed.length} bars missed`);
  if (!whole) console.log('bench/results/ is left as it is: this was a part of the run');
  if (missed.length > 0) process.exitCode = 1;
}

await main();
