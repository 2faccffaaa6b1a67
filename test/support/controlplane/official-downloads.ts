import { chmod, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pins } from './cache-folder.ts';
import { downloadText, downloadVerified } from './download.ts';
import { chooseArchive } from './envtest-index.ts';
import type { Report } from './progress.ts';
import { runCommand } from './run-command.ts';
import type { ToolName } from './tool-catalogue.ts';

/** Where the official files are; tests put a local server here. */
export interface DownloadSites {
  readonly envtestIndex: string;
  readonly kubernetesReleases: string;
}

export const officialSites: DownloadSites = {
  envtestIndex:
    'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml',
  kubernetesReleases: 'https://dl.k8s.io/release',
};

/** Small files must come within this, so that a machine without internet goes on to the next source quickly. */
const reachableWithinMs = 8_000;

/** Puts `names` of the official envtest archive into the cache folder. */
export async function fromEnvtestArchive(
  names: readonly ToolName[],
  { kubernetesVersion, platform, cacheDir }: Pins,
  workDir: string,
  report: Report,
  sites: DownloadSites,
): Promise<void> {
  const index = await downloadText(sites.envtestIndex, reachableWithinMs);
  const archive = chooseArchive(index, kubernetesVersion, platform);
  if (!archive) throw new Error(`no archive of ${kubernetesVersion} for ${platform.os}-${platform.arch}`);
  report.line(`downloading ${archive.url}`);
  const file = join(workDir, 'envtest.tar.gz');
  await downloadVerified(archive.url, archive.sha512, file, megabytes(report, 'envtest archive'));
  const inArchive = names.map((name) => `controller-tools/envtest/${name}`);
  await runCommand('tar', ['-xzf', file, '-C', workDir, ...inArchive]);
  for (const [at, name] of names.entries())
    await rename(join(workDir, inArchive[at] ?? name), join(cacheDir, name));
}

/** Puts one binary of the official Kubernetes release into the cache folder. */
export async function fromKubernetesRelease(
  name: ToolName,
  { kubernetesVersion, platform, cacheDir }: Pins,
  workDir: string,
  report: Report,
  sites: DownloadSites,
): Promise<void> {
  const url = `${sites.kubernetesReleases}/${kubernetesVersion}/bin/${platform.os}/${platform.arch}/${name}`;
  const sha512 = (await downloadText(`${url}.sha512`, reachableWithinMs)).trim().split(/\s+/)[0] ?? '';
  report.line(`downloading ${url}`);
  const file = join(workDir, name);
  await downloadVerified(url, sha512.toLowerCase(), file, megabytes(report, name));
  await chmod(file, 0o755);
  await rename(file, join(cacheDir, name));
}

function megabytes(report: Report, what: string): (bytes: number) => void {
  return (bytes) => report.progress(`downloading ${what}: ${(bytes / 1e6).toFixed(0)} MB`);
}
