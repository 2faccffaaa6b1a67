import { afterAll } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { clusterEcrRegistries, type ClusterEcrRegistry } from '../../src/api/cluster-ecr-registry.ts';
import { type KubeObject, namespaces, type ResourceType, secrets } from '../../src/kube/object.ts';
import { createFixture, type Fixture } from '../operator/fixture.ts';
import { auditedWrites } from '../support/controlplane/audit-log.ts';
import { startControlPlane } from '../support/controlplane/controlplane.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { waitFor } from '../support/wait-for.ts';

/** A whole cluster for a test file, with an operator that works in all of its namespaces. */
export interface ClusterFixture extends Fixture {
  /** Starts an operator of all namespaces; service accounts of cluster registries live in `namespace`. */
  startClusterOperator(args?: readonly string[]): Promise<OperatorProcess>;
}

const clusterRoleBindings: ResourceType = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

/** To be awaited at the top of a test file. Without a controller manager nothing but the operator deletes Secrets. */
export async function createClusterFixture({ controllerManager = false } = {}): Promise<ClusterFixture> {
  const controlPlane = await startControlPlane({ auditLog: true, controllerManager });
  afterAll(() => controlPlane.stop());
  const f = await createFixture(controlPlane);
  await f.client.create(clusterRoleBindings, {
    metadata: { name: 'operator' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: f.namespace, name: 'operator' }],
  } as KubeObject);
  const everywhere = ['--watch-namespace=', `--cluster-identity-namespace=${f.namespace}`];
  return { ...f, startClusterOperator: (args = []) => f.startOperator([...everywhere, ...args]) };
}

/** `count` numbers from 0. */
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Makes namespaces `<prefix>-0` and so on, a few at a time; gives their names. */
export async function createNamespaces(
  { client }: Pick<Fixture, 'client'>,
  prefix: string,
  count: number,
  labels: Record<string, string> = {},
): Promise<string[]> {
  const names = range(count).map((i) => `${prefix}-${i}`);
  const left = names.values();
  const create = async (): Promise<void> => {
    for (const name of left) await client.create<KubeObject>(namespaces, { metadata: { name, labels } });
  };
  await Promise.all(range(16).map(create));
  return names;
}

export async function labelNamespace(
  { client }: Fixture,
  name: string,
  labels: Record<string, string | null>,
): Promise<void> {
  await client.mergePatch(namespaces, { name }, { metadata: { labels } });
}

/** A cluster registry as a user writes it; `where` says which namespaces. */
export async function createClusterRegistry(
  { client }: Fixture,
  name: string,
  spec: object,
): Promise<ClusterEcrRegistry> {
  const body = {
    metadata: { name },
    spec: { region: 'eu-west-1', credentials: { serviceAccounts: { account: 'puller' } }, ...spec },
  };
  return client.create(clusterEcrRegistries, body as unknown as ClusterEcrRegistry);
}

async function getClusterRegistry({ client }: Fixture, name: string): Promise<ClusterEcrRegistry> {
  const registry = await client.get<ClusterEcrRegistry>(clusterEcrRegistries, { name });
  if (registry === undefined) throw new Error(`there is no ClusterEcrRegistry ${name}`);
  return registry;
}

/** Waits until the status of a cluster registry speaks of its spec and passes `check`. */
export function clusterRegistryWhere(
  f: Fixture,
  name: string,
  what: string,
  check: (registry: ClusterEcrRegistry) => boolean,
  timeoutMs = 30_000,
): Promise<ClusterEcrRegistry> {
  const probe = async (): Promise<ClusterEcrRegistry> => {
    const registry = await getClusterRegistry(f, name);
    const { status, metadata } = registry;
    if (status?.observedGeneration === metadata.generation && check(registry)) return registry;
    throw new Error(`its status is ${JSON.stringify(status)}`);
  };
  return waitFor(`ClusterEcrRegistry ${name} ${what}`, probe, { timeoutMs, everyMs: 40 });
}

/** Waits until all of its Secrets are as they should be; `count` of them. */
export function fannedOut(f: Fixture, name: string, count: number, timeoutMs?: number) {
  const isDone = ({ status }: ClusterEcrRegistry): boolean =>
    status?.ready === `${count}/${count}` &&
    status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return clusterRegistryWhere(f, name, `to have ${count} Secrets`, isDone, timeoutMs);
}

/** Asks for tokens that are issued after the next second began: expiry times are in whole seconds. */
export async function requestRefresh({ client }: Fixture, name: string): Promise<void> {
  const time = new Date(Date.now() + 1_000).toISOString();
  const metadata = { annotations: { [annotations.refreshRequestedAt]: time } };
  await client.mergePatch(clusterEcrRegistries, { name }, { metadata });
}

/** The same, and waits until a cluster registry has renewed all of its Secrets; `count` of them. */
export async function renewed(f: Fixture, name: string, count: number): Promise<void> {
  const { status: before } = await getClusterRegistry(f, name);
  await requestRefresh(f, name);
  const isLater = ({ status }: ClusterEcrRegistry): boolean =>
    (status?.expiresAt ?? '') > (before?.expiresAt ?? '');
  await clusterRegistryWhere(f, name, 'to be renewed', isLater);
  await fannedOut(f, name, count);
}

/** `<namespace>/<name>` -> resourceVersion of the Secrets of this name. */
export async function secretsNamed({ client }: Fixture, name: string): Promise<Map<string, string>> {
  const { items } = await client.list<KubeObject>(secrets);
  return new Map(
    items
      .filter(({ metadata }) => metadata.name === name)
      .map(({ metadata }) => [metadata.namespace ?? '', metadata.resourceVersion ?? '']),
  );
}

/** How often the operators wrote Secrets so far, by verb, refused writes included. */
export async function secretWrites({
  controlPlane,
  operatorUser,
}: Fixture): Promise<Partial<Record<string, number>>> {
  const writes = await auditedWrites(controlPlane.auditLogFile ?? '', operatorUser);
  const counts: Partial<Record<string, number>> = {};
  for (const { verb, objectRef } of writes)
    if (objectRef?.resource === 'secrets') counts[verb] = (counts[verb] ?? 0) + 1;
  return counts;
}
