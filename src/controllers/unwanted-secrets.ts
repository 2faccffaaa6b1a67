import { parseKey, secrets } from '../kube/object.ts';
import type { ObservedSecret } from '../secrets/observed-secret.ts';
import type { ControllerDeps } from './controller.ts';

/**
 * Deletes the Secrets of an object that it no longer wants: of a former name, or of a trigger that is gone. To be called
 * when the wanted ones are there. Preconditions keep a Secret that somebody put in its place.
 */
export async function removeUnwanted(
  deps: Pick<ControllerDeps, 'client' | 'view' | 'log'>,
  ownerUid: string,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { view } = deps;
  for (const key of view.secrets.ownedBy(ownerUid)) {
    const secret = view.secrets.get(key);
    if (wanted.includes(key) || secret === undefined || secret.deleting || secret.ownerUid !== ownerUid)
      continue;
    await deleteSecret(deps, key, secret, signal);
  }
}

/** Deletes a Secret if it is still the one that was looked at. */
export async function deleteSecret(
  { client, view, log }: Pick<ControllerDeps, 'client' | 'view' | 'log'>,
  key: string,
  { uid, resourceVersion }: Pick<ObservedSecret, 'uid' | 'resourceVersion'>,
  signal: AbortSignal,
): Promise<void> {
  const preconditions = { uid, resourceVersion };
  const gone = await client.delete(secrets, parseKey(key), { preconditions, signal });
  view.secrets.deleted(key, resourceVersion);
  if (gone) log.debug({ secret: key }, 'deleted a Secret that is no longer wanted');
}
