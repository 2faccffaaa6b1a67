import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The Go module that pins what the control plane is built from. */
export const goModuleDir = fileURLToPath(new URL('../../../tools/controlplane/', import.meta.url));

/** Operating system and processor in the words that Go and the official archives use. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** Everything that decides which binaries are the right ones. */
export interface Pins {
  /** Such as `v1.37.2`. */
  readonly kubernetesVersion: string;
  readonly platform: Platform;
  readonly cacheDir: string;
}

/** The platform of a Node process, by the values of `process.platform` and `process.arch`. */
export function platformOf(os: string, arch: string): Platform {
  const goNames: Record<string, string> = { x64: 'amd64', ia32: '386' };
  return { os, arch: goNames[arch] ?? arch };
}

/** The version of k8s.io/kubernetes that a go.mod requires, with its leading `v`. */
export function kubernetesVersion(goMod: string): string {
  const version = /^\s*(?:require\s+)?k8s\.io\/kubernetes\s+(v\d+\.\d+\.\d+\S*)/m.exec(goMod)?.[1];
  if (version === undefined)
    throw new Error('go.mod of tools/controlplane does not require k8s.io/kubernetes');
  return version;
}

/** Names a cache folder; a change of either file or another platform gives another name. */
export function cacheKey(goMod: string, goSum: string, { os, arch }: Platform): string {
  // The separator keeps text that moves from one file to the other from giving the same hash.
  const hash = createHash('sha256').update(goMod).update('\0').update(goSum).digest('hex').slice(0, 10);
  return `${kubernetesVersion(goMod)}-${hash}-${os}-${arch}`;
}

/** Reads the pins of this checkout and places the cache by the XDG rule. */
export function readPins(env: NodeJS.ProcessEnv = process.env): Pins {
  const goMod = readFileSync(join(goModuleDir, 'go.mod'), 'utf8');
  const goSum = readFileSync(join(goModuleDir, 'go.sum'), 'utf8');
  const platform = platformOf(process.platform, process.arch);
  const base = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return {
    kubernetesVersion: kubernetesVersion(goMod),
    platform,
    cacheDir: join(base, 'ecr-operator', 'controlplane', cacheKey(goMod, goSum, platform)),
  };
}
