import { statSync } from 'node:fs';
import { delimiter } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

/**
 * Reads the kubeconfig files that a list names, as kubectl does: those that are missing or empty are passed over, and of two
 * entries of one name the first counts. Throws an Error where none of them is there.
 */
export function loadKubeConfigFiles(list: string): KubeConfig {
  const files = list.split(delimiter).filter((file) => file !== '');
  const parts = files.filter(hasContent).map((file) => {
    const part = new KubeConfig();
    part.loadFromFile(file);
    return part;
  });
  if (parts.length === 0) throw new Error(`KUBECONFIG: there is none of its files ${files.join(', ')}`);
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstOfEachName(parts.flatMap(({ clusters }) => clusters)),
    users: firstOfEachName(parts.flatMap(({ users }) => users)),
    contexts: firstOfEachName(parts.flatMap(({ contexts }) => contexts)),
    currentContext: parts.map(({ currentContext }) => currentContext).find(Boolean),
  });
  return merged;
}

function hasContent(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  return entries.filter(({ name }, i) => entries.findIndex((one) => one.name === name) === i);
}
