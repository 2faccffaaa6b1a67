import { annotations, managerName } from '../../api/names.ts';
import { roleOfServiceAccount, type ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { KubeObject } from '../../kube/object.ts';

/** What the operator keeps of a service account. */
export interface AccountFacts {
  readonly role: ServiceAccountRole | undefined;
  /** Names in its imagePullSecrets that the operator put there: sorted, each once. */
  readonly links: readonly string[];
  /** False when somebody changed the list after the operator wrote it, or it never did. */
  readonly intact: boolean;
}

/** Most service accounts are like this: they share one object, so that ten thousand of them cost next to nothing. */
const plain: AccountFacts = Object.freeze({ role: undefined, links: Object.freeze([]), intact: false });

/**
 * Reads the metadata of a service account. Whoever changes the value of a list takes its ownership over, so a list that is
 * still ours in `managedFields` is as we wrote it: neither a restart nor a look needs to read it.
 */
export function observeAccount({
  annotations: notes,
  managedFields = [],
}: KubeObject['metadata']): AccountFacts {
  const role = roleOfServiceAccount(notes);
  const links = parseLinks(notes?.[annotations.imagePullSecrets]);
  if (role === undefined && links.length === 0) return plain;
  const intact = managedFields.some(
    ({ manager, fieldsV1 = {} }) => manager === managerName && 'f:imagePullSecrets' in fieldsV1,
  );
  return { role, links, intact };
}

/** The annotation that records what the operator put into a list. */
export function formatLinks(links: readonly string[]): string {
  return links.join(',');
}

function parseLinks(annotation: string | undefined): readonly string[] {
  if (annotation === undefined) return plain.links;
  const names = annotation.split(',').map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))].toSorted();
}
