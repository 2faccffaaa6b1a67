import { execFileSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describeFound, searchBinaries, type Found, type Machine } from './binary-search.ts';
import { readPins, type Pins } from './cache-folder.ts';
import { withLock } from './lock.ts';
import { obtainBinaries } from './obtain-binaries.ts';
import { duration, lineReport, stderrReport, type Report } from './progress.ts';
import { catalogue, parseVersion, type ToolName, type Version } from './tool-catalogue.ts';

export interface EnsureOptions {
  /** Gets each line that set-up has to say; standard error when absent. */
  readonly log?: (line: string) => void;
}

/** What this process has already found: later calls neither search nor log again. */
const known = new Map<ToolName, Found>();

/**
 * Absolute paths of the named programs, found on this machine or else downloaded or built into the cache folder.
 * Logs where each came from when it is first asked for. An error names every way that failed and the ways out.
 */
export async function ensureBinaries<Name extends ToolName>(
  names: readonly Name[],
  { log }: EnsureOptions = {},
): Promise<Record<Name, string>> {
  const report = log ? lineReport(log, Date.now) : stderrReport();
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const found = await findOrObtain(unknown, report);
    for (const hit of found) known.set(hit.name, hit);
    report.line(`control plane binaries: ${describeFound(found)}`);
  }
  const files: Partial<Record<ToolName, string>> = {};
  for (const { name, file } of known.values()) files[name] = file;
  if (!hasAll(files, names)) throw new Error(`not all there after set-up: ${names.join(', ')}`);
  return files;
}

type Files<Name extends ToolName> = Partial<Record<ToolName, string>> & Record<Name, string>;

function hasAll<Name extends ToolName>(
  files: Partial<Record<ToolName, string>>,
  names: readonly Name[],
): files is Files<Name> {
  return names.every((name) => files[name] !== undefined);
}

async function findOrObtain(names: readonly ToolName[], report: Report): Promise<readonly Found[]> {
  const pins = readPins();
  const machine = thisMachine(pins);
  const first = searchBinaries(names, machine);
  if (first.missing.length === 0) return first.found;
  await mkdir(pins.cacheDir, { recursive: true });
  const since = Date.now();
  const waiting = (pid: number | undefined): void =>
    report.progress(`waiting for process ${pid ?? '?'} to get the binaries, ${duration(Date.now() - since)}`);
  return await withLock(
    join(pins.cacheDir, '.lock'),
    async () => {
      // Another run may have got them while this one waited.
      const again = searchBinaries(names, machine);
      if (again.missing.length > 0) await obtainBinaries(again.missing, pins, report);
      return searchBinaries(names, machine).found;
    },
    waiting,
  );
}

function thisMachine({ cacheDir }: Pins): Machine {
  const assetsDir = process.env.KUBEBUILDER_ASSETS;
  return { ...(assetsDir ? { assetsDir } : {}), cacheDir, isExecutable, onPath };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function onPath(name: ToolName): { file: string; version: Version } | undefined {
  const file = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((dir) => join(dir, name))
    .find(isExecutable);
  if (file === undefined) return undefined;
  const version = versionOf(file, catalogue[name].onPath?.versionArgs ?? []);
  return version && { file, version };
}

function versionOf(file: string, args: readonly string[]): Version | undefined {
  try {
    const output = execFileSync(file, args, { timeout: 10_000, stdio: ['ignore', 'pipe', 'ignore'] });
    return parseVersion(output.toString());
  } catch {
    return undefined;
  }
}
