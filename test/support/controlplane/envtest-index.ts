import { parse } from 'yaml';
import { z } from 'zod';
import type { Platform } from './cache-folder.ts';

/** One archive of etcd, kube-apiserver and kubectl, as the official index lists it. */
export interface EnvtestArchive {
  /** Kubernetes version with its leading `v`. */
  readonly version: string;
  readonly url: string;
  /** SHA-512 of the archive in lower-case hex. */
  readonly sha512: string;
}

const Index = z.object({
  releases: z.record(z.string(), z.record(z.string(), z.object({ hash: z.string(), selfLink: z.string() }))),
});

/**
 * The archive for `wanted` (such as `v1.37.2`) on a platform: the version itself, else the newest patch of its minor
 * version, since not every patch is published. Undefined when there is none.
 */
export function chooseArchive(
  indexText: string,
  wanted: string,
  platform: Platform,
): EnvtestArchive | undefined {
  const { releases } = Index.parse(parse(indexText));
  const versions = [wanted, ...sameMinorNewestFirst(Object.keys(releases), wanted)];
  for (const version of versions) {
    const entry = releases[version]?.[`envtest-${version}-${platform.os}-${platform.arch}.tar.gz`];
    if (entry) return toArchive(version, entry.selfLink, entry.hash);
  }
  return undefined;
}

function toArchive(version: string, url: string, hash: string): EnvtestArchive {
  if (!url.startsWith('https://')) {
    throw new Error(`the envtest index has no https selfLink for ${version}`);
  }
  if (!/^[0-9a-f]{128}$/i.test(hash)) {
    throw new Error(`the envtest index has no SHA-512 hash for ${version}`);
  }
  return { version, url, sha512: hash.toLowerCase() };
}

function sameMinorNewestFirst(versions: readonly string[], wanted: string): string[] {
  const minor = wanted.slice(0, wanted.lastIndexOf('.') + 1);
  const patch = (version: string): number => Number(version.slice(minor.length));
  // A pre-release such as v1.37.0-rc.1 has no numeric patch and is left out.
  return versions
    .filter((version) => version.startsWith(minor) && Number.isInteger(patch(version)))
    .toSorted((a, b) => patch(b) - patch(a));
}
