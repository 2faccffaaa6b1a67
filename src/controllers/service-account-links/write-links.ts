import { annotations, managerName } from '../../api/names.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, serviceAccounts } from '../../kube/object.ts';
import { formatLinks } from '../view/account-facts.ts';
import type { LinkPlan, PullSecret } from './plan.ts';

/** The parts of a service account that are read and written. */
export interface ServiceAccount extends KubeObject {
  imagePullSecrets?: PullSecret[];
}

/**
 * Writes the list and the record of what is ours, if the service account is still as it was read. The list is atomic to
 * the API server, so whoever writes it owns it with all its entries.
 *
 * Links are applied, because that makes the API server keep account of owners even on a service account that nobody has
 * owned a field of, such as `default`: without it nobody could see that others changed the list. The last link goes with
 * a patch, because apply removes only what nobody else owns, and would go on to own an empty list.
 */
export async function writeLinks(
  client: Pick<KubeClient, 'apply' | 'mergePatch'>,
  { metadata: { name, namespace = '', uid = '', resourceVersion = '' } }: ServiceAccount,
  { list, links }: LinkPlan,
  signal: AbortSignal,
): Promise<void> {
  const preconditions = { uid, resourceVersion };
  const options = { fieldManager: managerName, metadataOnly: true, signal } as const;
  if (links.length > 0) {
    const record = { [annotations.imagePullSecrets]: formatLinks(links) };
    const metadata = { namespace, name, ...preconditions, annotations: record };
    const body: ServiceAccount = { metadata, imagePullSecrets: list };
    await client.apply<ServiceAccount>(serviceAccounts, body, { ...options, force: true });
    return;
  }
  const metadata = { ...preconditions, annotations: { [annotations.imagePullSecrets]: null } };
  const patch = { metadata, imagePullSecrets: list.length > 0 ? list : null };
  await client.mergePatch<ServiceAccount>(serviceAccounts, { namespace, name }, patch, options);
}
