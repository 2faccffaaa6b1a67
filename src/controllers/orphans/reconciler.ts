import { isForbidden, isNotFound } from '../../kube/errors.ts';
import { parseKey } from '../../kube/object.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { Controller, ControllerDeps } from '../controller.ts';
import { deleteSecret } from '../unwanted-secrets.ts';
import { OwnerCheck } from './owner-check.ts';

/** The queue of Secrets whose owner may be gone; keys are those of the Secrets. */
export const orphanKind = 'OrphanSecret';

/**
 * Deletes Secrets whose owner is gone. The garbage collector does that too, at its pace; here the logins go at once, and
 * also where the deletion of the owner was missed. Secrets that are to be retained have no owner reference and stay.
 */
export function createOrphanController(deps: ControllerDeps): Controller {
  const check = new OwnerCheck(deps.client, deps.clock);
  return {
    kind: orphanKind,
    *keys() {
      for (const [key, secret] of deps.view.secrets.entries()) if (isSuspect(deps, secret)) yield key;
    },
    async reconcile(key, signal) {
      const secret = deps.view.secrets.get(key);
      if (secret === undefined || !isSuspect(deps, secret)) return { kind: 'done' };
      const verdict = await ownerIsGone(check, key, secret);
      if (verdict === 'gone') await deleteSecret(deps, key, secret, signal);
      return verdict === 'unknown' ? { kind: 'retry', reason: 'KindNotServed' } : { kind: 'done' };
    },
  };
}

function isSuspect({ view }: ControllerDeps, secret: ObservedSecret): boolean {
  const { ownerUid, owner, deleting } = secret;
  return ownerUid !== undefined && owner !== '' && !deleting && !view.owners.has(ownerUid);
}

async function ownerIsGone(
  check: OwnerCheck,
  key: string,
  { owner, ownerUid: uid = '' }: ObservedSecret,
): Promise<'gone' | 'there' | 'unknown'> {
  const { namespace: kind = '', name } = parseKey(owner);
  try {
    const gone = await check.isGone({ kind, name, uid, namespace: parseKey(key).namespace ?? '' });
    return gone ? 'gone' : 'there';
  } catch (error) {
    // An operator of one namespace may not look at cluster registries: their Secrets are not its business.
    if (isForbidden(error)) return 'there';
    if (isNotFound(error)) return 'unknown';
    throw error;
  }
}
