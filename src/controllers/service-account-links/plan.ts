/** An entry of imagePullSecrets; the API server takes ones without a name, too. */
export interface PullSecret {
  name?: string;
}

/** What to make of the imagePullSecrets of a service account. */
export interface LinkPlan {
  list: PullSecret[];
  /** What of it is ours, for the record. */
  links: string[];
  added: string[];
  removed: string[];
  /** Whether somebody took out what we had put in. */
  restores: boolean;
}

/**
 * Pure: from the list as it is, what we recorded that we put into it, and what should be in it, to the next list;
 * undefined where nothing is to be done. Foreign entries stay, in their order and before ours; what was there without us
 * is never ours. That a foreign entry stands behind ours is no reason to write: two writers that both want to be last
 * would never come to rest.
 */
export function planLinks(
  list: readonly PullSecret[],
  recorded: readonly string[],
  wanted: readonly string[],
): LinkPlan | undefined {
  const isOurs = ({ name }: PullSecret): boolean => name !== undefined && recorded.includes(name);
  const foreign = list.filter((entry) => !isOurs(entry));
  const present = recorded.filter((link) => list.some(({ name }) => name === link));
  const links = wanted.filter((link) => !foreign.some(({ name }) => name === link));
  const added = links.filter((link) => !present.includes(link));
  const removed = present.filter((link) => !links.includes(link));
  const recordHolds = links.length === recorded.length && links.every((link) => recorded.includes(link));
  if (added.length === 0 && removed.length === 0 && recordHolds) return undefined;
  return {
    list: [...foreign, ...links.map((name) => ({ name }))],
    links,
    added,
    removed,
    restores: added.some((link) => recorded.includes(link)),
  };
}
