import type { Outcome } from '../kube/controller-loop.ts';
import type { ControllerDeps } from './controller.ts';
import { dependency } from './view/dependents.ts';

/**
 * Waits for Secrets that are in the way. The Secrets of others are not watched; these are, by themselves, so that their
 * end is noticed. `id` and `dependencies` are those of the object that waits.
 */
export async function waitForForeign(
  { view, dependents }: Pick<ControllerDeps, 'view' | 'dependents'>,
  id: string,
  dependencies: readonly string[],
  secretKeys: readonly string[],
  signal: AbortSignal,
): Promise<Outcome> {
  dependents.set(id, [...dependencies, ...secretKeys.map((key) => dependency.keySecret(key))]);
  const versions = await Promise.all(secretKeys.map((key) => view.keySecretVersion(key, signal)));
  // Gone before the watch began: nothing will announce it. Not at once, as the other watch may still show it.
  if (versions.includes(undefined)) return { kind: 'requeue', afterMs: 500 };
  return {
    kind: 'stalled',
    reason: 'Conflict',
    message: `not ours, or being deleted: ${secretKeys.join(', ')}`,
  };
}
