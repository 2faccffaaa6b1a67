import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { type KubeObject, namespaces, type ResourceType, serviceAccounts } from '../../src/kube/object.ts';
import { installCrds } from '../support/install-crds.ts';
import { kubeClient } from '../support/kube-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { manifests } from './manifests.ts';
import { shownPods } from './pods.ts';

const client = await kubeClient(inject('controlPlane').adminKubeconfig);
const namespace = `docs-${randomUUID().slice(0, 8)}`;

beforeAll(async () => {
  await installCrds(client);
  await client.create<KubeObject>(namespaces, { metadata: { name: namespace } });
  // Without it the API server takes no pod.
  await waitFor('the default service account', () =>
    client.get(serviceAccounts, { namespace, name: 'default' }),
  );
});
afterAll(async () => {
  await client.delete(namespaces, { name: namespace });
  client.close();
});

const roles: ResourceType = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
};

const pods: ResourceType = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

function resourceOf({ apiVersion, kind }: KubeObject): ResourceType {
  const found = [ecrRegistries, clusterEcrRegistries, ecrPipelines, serviceAccounts, roles, pods].find(
    (type) => type.apiVersion === apiVersion && type.kind === kind,
  );
  if (found === undefined) throw new Error(`add ${apiVersion} ${kind} to the kinds of this test`);
  return found;
}

it.each(manifests())('the API server takes $where as it is written', async ({ content }) => {
  const type = resourceOf(content);
  const { annotations } = content.metadata;
  // The control plane is shared: what has no namespace gets a name of its own.
  const place = type.namespaced
    ? { namespace, name: content.metadata.name }
    : { name: `${namespace}-${content.metadata.name}` };
  const stored = await client.create<KubeObject>(type, {
    ...content,
    metadata: { ...content.metadata, ...place },
  });
  // Fields that the schema does not know are dropped without an error.
  const { metadata: _, ...body } = content;
  expect(stored).toMatchObject(body);
  expect(stored.metadata.annotations ?? {}).toMatchObject(annotations ?? {});
  await client.delete(type, place);
});

it.each(shownPods())('the API server takes the pod that $where stands for', async ({ where, spec }) => {
  const metadata = { namespace, name: `shown-${where.replaceAll(/[^a-z]+/g, '-')}` };
  // Else the API server adds the volume of a token.
  const quiet = { automountServiceAccountToken: false, ...spec };
  const stored = await client.create<KubeObject & { spec?: unknown }>(pods, { metadata, spec: quiet });
  // Empty lists are not kept.
  expect(stored.spec).toMatchObject(JSON.parse(JSON.stringify(spec, dropEmptyLists)) as object);
  await client.delete(pods, metadata);
});

function dropEmptyLists(_key: string, value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? undefined : value;
}
