import { createHash } from 'node:crypto';

import type { RepositoryStatement } from './access.ts';
import { RegistryError } from './errors.ts';

/** A stored manifest, byte for byte as it was pushed. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An upload that was started and not finished. */
export interface Upload {
  readonly parts: Buffer[];
}

export interface RepositoryOptions {
  /** A tag that exists can never be written again. */
  readonly immutableTags?: boolean;
  /** Default: none, which shuts other accounts out. */
  readonly policy?: readonly RepositoryStatement[];
}

export interface Repository {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly immutableTags: boolean;
  readonly policy: readonly RepositoryStatement[];
  /** Digests of the layers that belong to this repository. */
  readonly layers: Set<string>;
  readonly manifests: Map<string, Manifest>;
  /** Tag to digest. */
  readonly tags: Map<string, string>;
  readonly uploads: Map<string, Upload>;
}

/** All registries: repositories by (account, region), layer contents once per digest. */
export interface Store {
  createRepository(account: string, region: string, name: string, options?: RepositoryOptions): void;
  /** The repository; throws RegistryError (NAME_UNKNOWN) as ECR does when nobody created it. */
  repository(account: string, region: string, name: string): Repository;
  putLayer(repository: Repository, content: Buffer): string;
  /** The content behind a digest of any repository. */
  layer(digest: string): Buffer | undefined;
}

/** Nothing stored yet; everything lives in memory. */
export function createStore(): Store {
  const repositories = new Map<string, Repository>();
  const contents = new Map<string, Buffer>();
  return {
    createRepository(account, region, name, { immutableTags = false, policy = [] } = {}) {
      repositories.set(key(account, region, name), {
        name,
        account,
        region,
        immutableTags,
        policy,
        layers: new Set(),
        manifests: new Map(),
        tags: new Map(),
        uploads: new Map(),
      });
    },
    repository(account, region, name) {
      const found = repositories.get(key(account, region, name));
      if (found !== undefined) return found;
      const message = `The repository with name '${name}' does not exist in the registry with id '${account}'`;
      throw new RegistryError(404, 'NAME_UNKNOWN', message);
    },
    putLayer(repository, content) {
      const digest = digestOf(content);
      contents.set(digest, content);
      repository.layers.add(digest);
      return digest;
    },
    layer: (digest) => contents.get(digest),
  };
}

function key(account: string, region: string, name: string): string {
  return `${account}/${region}/${name}`;
}

/** `sha256:<hex>` of some bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
