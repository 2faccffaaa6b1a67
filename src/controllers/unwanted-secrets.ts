import { parseKey, secrets } from '../kube/object.ts';
import type { ControllerDeps } from './controller.ts';

/**
 * Deletes the Secrets of an object that it no longer wants: of a former name, or of a trigger that is gone. To be called
 * when the wanted ones are there. Preconditions keep a Secret that somebody put in its place.
 */
export async function removeUnwanted(
  { client, view, log }: Pick<ControllerDeps, 'client' | 'view' | 'log'>,
  ownerUid: string,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const key of view.secrets.ownedBy(ownerUid)) {
    const secret = view.secrets.get(key);
    if (wanted.includes(key) || secret === undefined || secret.deleting || secret.ownerUid !== ownerUid)
      continue;
    const { uid, resourceVersion } = secret;
    const gone = await client.delete(secrets, parseKey(key), {
      preconditions: { uid, resourceVersion },
      signal,
    });
    view.secrets.deleted(key, resourceVersion);
    if (gone) log.info({ secret: key }, 'deleted a Secret that is no longer wanted');
  }
}
