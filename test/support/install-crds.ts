import { customResourceDefinitions } from '../../src/api/crds.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { KubeObject, ResourceType } from '../../src/kube/object.ts';
import { waitFor } from './wait-for.ts';

const crdType: ResourceType = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};

interface Crd extends KubeObject {
  status?: { conditions?: { type: string; status: string }[] };
}

/** Applies the CRDs and waits until the API server serves them. Safe to call from several tests at once. */
export async function installCrds(client: KubeClient): Promise<void> {
  for (const definition of customResourceDefinitions().values()) {
    const crd = definition as unknown as Crd;
    await client.apply(crdType, crd, { fieldManager: 'test', force: true });
    await waitFor(`CRD ${crd.metadata.name} to be established`, async () => {
      const found = await client.get<Crd>(crdType, { name: crd.metadata.name });
      return found?.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True');
    });
  }
}
