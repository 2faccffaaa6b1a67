import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pins } from './cache-folder.ts';
import { reasonOf } from './download.ts';
import { buildWithGo, goProblem, oldestGo } from './go-build.ts';
import {
  fromEnvtestArchive,
  fromKubernetesRelease,
  officialSites,
  type DownloadSites,
} from './official-downloads.ts';
import type { Report } from './progress.ts';
import { catalogue, type Source, type ToolName } from './tool-catalogue.ts';

/** Fills the cache folder with `names`: official downloads first, the rest built from Go sources. */
export async function obtainBinaries(
  names: readonly ToolName[],
  pins: Pins,
  report: Report,
  sites: DownloadSites = officialSites,
): Promise<void> {
  await mkdir(pins.cacheDir, { recursive: true });
  const workDir = await mkdtemp(join(pins.cacheDir, '.work-'));
  try {
    const problems = await download(names, pins, workDir, report, sites);
    const left = names.filter((name) => !existsSync(join(pins.cacheDir, name)));
    if (left.length === 0) return;
    const problem = await goProblem();
    if (problem !== undefined) throw new Error(noWayMessage(left, [...problems, problem]));
    await buildWithGo(left, pins, workDir, report);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Returns what went wrong, a line each; a failed download is not an error while Go can build. */
async function download(
  names: readonly ToolName[],
  pins: Pins,
  workDir: string,
  report: Report,
  sites: DownloadSites,
): Promise<string[]> {
  const from = (source: Source): ToolName[] => names.filter((name) => catalogue[name].order.includes(source));
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    // One unreachable site is taken for "no internet": waiting for the next would only add to the delay.
    if (problems.length > 0) return;
    try {
      await work();
    } catch (error) {
      problems.push(`${what}: ${reasonOf(error)}`);
      report.line(`no download of the ${what} (${reasonOf(error)})`);
    }
  };
  const archived = from('envtest');
  if (archived.length > 0) {
    await attempt('envtest archive', () => fromEnvtestArchive(archived, pins, workDir, report, sites));
  }
  for (const name of from('release')) {
    await attempt(`release of ${name}`, () => fromKubernetesRelease(name, pins, workDir, report, sites));
  }
  return problems;
}

/** Names both ways out. */
export function noWayMessage(names: readonly ToolName[], problems: readonly string[]): string {
  return [
    `cannot get ${names.join(', ')}:`,
    ...problems.map((problem) => `  - ${problem}`),
    `Either install Go ${oldestGo.join('.')} or newer (https://go.dev/dl), which builds them from source,`,
    'or allow https to raw.githubusercontent.com, github.com and dl.k8s.io, or put the binaries into a folder and',
    'name it in KUBEBUILDER_ASSETS (helm, kubectl, kubeconform: anywhere on PATH).',
  ].join('\n');
}
