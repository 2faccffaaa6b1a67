import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { type KubeObject, namespaces, type ResourceType, serviceAccounts } from '../../src/kube/object.ts';
import { installCrds } from '../support/install-crds.ts';
import { kubeClient } from '../support/kube-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { manifests } from './manifests.ts';

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
  const found = [ecrRegistries, ecrPipelines, serviceAccounts, roles, pods].find(
    (type) => type.apiVersion === apiVersion && type.kind === kind,
  );
  if (found === undefined) throw new Error(`add ${apiVersion} ${kind} to the kinds of this test`);
  return found;
}

it.each(manifests())('the API server takes $where as it is written', async ({ content }) => {
  const type = resourceOf(content);
  const { name, annotations } = content.metadata;
  const wanted = { ...content, metadata: { ...content.metadata, namespace } };
  const stored = await client.create<KubeObject>(type, wanted);
  // Fields that the schema does not know are dropped without an error.
  const { metadata: _, ...body } = content;
  expect(stored).toMatchObject(body);
  expect(stored.metadata.annotations ?? {}).toMatchObject(annotations ?? {});
  await client.delete(type, { namespace, name });
});
