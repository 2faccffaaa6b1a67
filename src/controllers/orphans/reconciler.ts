import type { Outcome } from '../../kube/controller-loop.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
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
  const check = new OwnerCheck(deps.client);
  return {
    kind: orphanKind,
    *keys() {
      for (const [key, secret] of deps.view.secrets.entries()) if (isSuspect(deps, secret)) yield key;
    },
    async reconcile(key, signal) {
      const secret = deps.view.secrets.get(key);
      if (secret?.ownerUid === undefined || !isSuspect(deps, secret)) return { kind: 'done' };
      return remove(deps, check, key, { ...secret, ownerUid: secret.ownerUid }, signal);
    },
  };
}

function isSuspect({ view }: ControllerDeps, secret: ObservedSecret): boolean {
  const { ownerUid, hasOwnerReference, deleting } = secret;
  return ownerUid !== undefined && hasOwnerReference && !deleting && !view.owners.has(ownerUid);
}

async function remove(
  deps: ControllerDeps,
  check: OwnerCheck,
  key: string,
  secret: ObservedSecret & { ownerUid: string },
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    if (await check.isGone(secret.ownerUid, key)) await deleteSecret(deps, key, secret, signal);
    return { kind: 'done' };
  } catch (error) {
    // An operator of one namespace may not look at cluster registries: their Secrets are not its business.
    if (isForbidden(error)) return { kind: 'done' };
    // With its CRD the owner is gone too; but an API server that serves nothing yet answers alike. The garbage
    // collector can tell them apart.
    if (isNotFound(error)) return { kind: 'retry', reason: 'KindNotServed' };
    throw error;
  }
}
