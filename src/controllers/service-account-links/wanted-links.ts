import { matchesGlob } from '../../base/glob.ts';
import type { LinkSource } from './link-sources.ts';

/** What decides which Secrets a service account should name. */
export interface LinkWorld {
  /** The registries that link and that keep a Secret in its namespace. */
  sources: readonly LinkSource[];
  serviceAccount: string;
  /** What it names already because of us. */
  recorded: readonly string[];
  /** UID of the registry that a Secret of the namespace belongs to; undefined where there is no Secret of ours. */
  ownerOf(secretName: string): string | undefined;
}

/**
 * The Secrets that a service account should name, sorted, each once. Pure. A Secret is named once it exists. What is named
 * already stays while its Secret is away for a moment, and when it is to have another name, until there is one of that
 * name.
 */
export function wantedLinks({ sources, serviceAccount, recorded, ownerOf }: LinkWorld): string[] {
  const wanted = new Set<string>();
  for (const { uid, secretName, serviceAccounts } of sources) {
    if (!serviceAccounts.some((pattern) => matchesGlob(pattern, serviceAccount))) continue;
    const owner = ownerOf(secretName);
    if (owner === uid || (owner === undefined && recorded.includes(secretName))) wanted.add(secretName);
    if (owner === uid) continue;
    for (const former of recorded) if (ownerOf(former) === uid) wanted.add(former);
  }
  return [...wanted].toSorted();
}
