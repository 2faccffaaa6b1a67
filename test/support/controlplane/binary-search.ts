import { join } from 'node:path';
import { catalogue, isAtLeast, type Source, type ToolName, type Version } from './tool-catalogue.ts';

/** What the search may ask about this machine. */
export interface Machine {
  /** Value of KUBEBUILDER_ASSETS, the folder the Kubernetes test tools agree on. */
  readonly assetsDir?: string;
  readonly cacheDir: string;
  isExecutable(file: string): boolean;
  /** The tool as PATH finds it, with the version it prints; undefined when absent or not runnable. */
  onPath(name: ToolName): { readonly file: string; readonly version: Version } | undefined;
}

export interface Found {
  readonly name: ToolName;
  readonly source: Source;
  readonly file: string;
}

export interface SearchResult {
  readonly found: readonly Found[];
  readonly missing: readonly ToolName[];
}

/** Looks for each tool in the places that need no download and no build, in the order of the catalogue. */
export function searchBinaries(names: readonly ToolName[], machine: Machine): SearchResult {
  const found: Found[] = [];
  const missing: ToolName[] = [];
  for (const name of names) {
    const hit = searchOne(name, machine);
    if (hit) found.push(hit);
    else missing.push(name);
  }
  return { found, missing };
}

function searchOne(name: ToolName, machine: Machine): Found | undefined {
  for (const source of catalogue[name].order) {
    const file = fileFrom(source, name, machine);
    if (file !== undefined) return { name, source, file };
  }
  return undefined;
}

function fileFrom(source: Source, name: ToolName, machine: Machine): string | undefined {
  switch (source) {
    case 'assets':
      return machine.assetsDir === undefined ? undefined : ifExecutable(machine, machine.assetsDir, name);
    case 'cache':
      return ifExecutable(machine, machine.cacheDir, name);
    case 'path': {
      const wanted = catalogue[name].onPath?.atLeast;
      const tool = machine.onPath(name);
      return tool && wanted && isAtLeast(tool.version, wanted) ? tool.file : undefined;
    }
    default:
      return undefined;
  }
}

function ifExecutable(machine: Machine, dir: string, name: ToolName): string | undefined {
  const file = join(dir, name);
  return machine.isExecutable(file) ? file : undefined;
}

const sourceNames: Partial<Record<Source, string>> = {
  assets: 'KUBEBUILDER_ASSETS',
  path: 'PATH',
  cache: 'the cache',
};

/** One line that says where each binary was found, grouped by folder. */
export function describeFound(found: readonly Found[]): string {
  const groups = new Map<string, string[]>();
  for (const { name, source, file } of found) {
    const folder = file.slice(0, file.lastIndexOf('/')) || '/';
    const where = `from ${sourceNames[source] ?? source} (${folder})`;
    groups.set(where, [...(groups.get(where) ?? []), name]);
  }
  return [...groups].map(([where, names]) => `${names.join(', ')} ${where}`).join('; ');
}
