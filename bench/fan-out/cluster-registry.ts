import {
  clusterEcrRegistries,
  type ClusterEcrRegistry,
  type ClusterEcrRegistryStatus,
} from '../../src/api/cluster-ecr-registry.ts';
import { annotations } from '../../src/api/names.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { Testbed } from '../testbed.ts';

/** Where the service accounts of cluster registries live; the operator is told by a flag. */
export const identityNamespace = 'default';

/** A registry whose Secrets are in all namespaces with the label `fan-out: <name>`. */
export async function createClusterRegistry(
  { client }: Testbed,
  name: string,
  account: string,
): Promise<void> {
  const spec = {
    region: 'eu-west-1',
    credentials: { serviceAccounts: { account } },
    namespaceSelector: { matchLabels: labelsFor(name) },
  };
  await client.create(clusterEcrRegistries, { metadata: { name }, spec } as KubeObject);
}

/** Labels of the namespaces that a registry selects. */
export function labelsFor(registry: string): Record<string, string> {
  return { 'fan-out': registry };
}

/**
 * Waits until each of `count` Secrets is as it should be, with a login that expires after `expiresAfter`, as the status
 * says. It asks nothing while it waits: the API server tells.
 */
export async function settled(
  { client }: Testbed,
  name: string,
  {
    count,
    expiresAfter = '',
    timeoutMs = 180_000,
  }: { count: number; expiresAfter?: string; timeoutMs?: number },
): Promise<ClusterEcrRegistryStatus> {
  const signal = AbortSignal.timeout(timeoutMs);
  const options = { fieldSelector: `metadata.name=${name}`, signal };
  for await (const { type, object } of client.watch<ClusterEcrRegistry>(clusterEcrRegistries, options)) {
    const { status, metadata } = object;
    if (type === 'BOOKMARK' || status?.observedGeneration !== metadata.generation) continue;
    if (status.ready === `${count}/${count}` && (status.expiresAt ?? '') > expiresAfter) return status;
  }
  throw new Error(`the API server ended the watch of ClusterEcrRegistry ${name}`);
}

/** Asks for new tokens, as a user would; gives what all of the new ones expire after, and when it asked. */
export async function requestRenewal(
  { client }: Testbed,
  name: string,
): Promise<{ expiresAfter: string; atMs: number }> {
  const before = await client.get<ClusterEcrRegistry>(clusterEcrRegistries, { name });
  const expiresAfter = before?.status?.expiresAt ?? '';
  // Times of expiry are whole seconds: the next token expires a second later, so that it can be told from the last.
  const second = Math.ceil(Date.now() / 1_000) * 1_000;
  await waitFor('the next second', () => Date.now() > second);
  const metadata = { annotations: { [annotations.refreshRequestedAt]: new Date().toISOString() } };
  const atMs = performance.now();
  await client.mergePatch(clusterEcrRegistries, { name }, { metadata });
  return { expiresAfter, atMs };
}
