/** A condition as in metav1.Condition. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  observedGeneration?: number | undefined;
  lastTransitionTime: string;
  reason: string;
  message: string;
}

/** What a controller says about a condition; times and generation are filled in by `nextConditions`. */
export type ConditionUpdate = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** Types of conditions, the same for all kinds. `Ready` sums up the others. */
export const conditionTypes = {
  ready: 'Ready',
  /** The identity is known: winner, role, keys. */
  credentialsResolved: 'CredentialsResolved',
  /** AWS gives tokens for every registry. */
  tokensFresh: 'TokensFresh',
  /** The Secret is as it should be. */
  secretSynced: 'SecretSynced',
  /** The last verification went through; written by it alone. */
  verified: 'Verified',
} as const;

/**
 * The conditions after an update; those that it does not speak of stay. `lastTransitionTime` moves only when the status of a condition changes, so equal
 * facts give an equal result and no write.
 */
export function nextConditions(
  previous: readonly Condition[],
  updates: readonly ConditionUpdate[],
  { generation, now }: { generation: number; now: string },
): Condition[] {
  const types = new Set(updates.map((update) => update.type));
  const others = previous.filter(({ type }) => !types.has(type));
  const updated = updates.map((update) => {
    const before = previous.find((c) => c.type === update.type);
    const lastTransitionTime = before?.status === update.status ? before.lastTransitionTime : now;
    return { ...update, observedGeneration: generation, lastTransitionTime };
  });
  return [...updated, ...others];
}
