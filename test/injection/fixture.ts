import { randomUUID } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import { type KubeObject, namespaces, serviceAccounts } from '../../src/kube/object.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createHelm, type Values } from '../chart/helm.ts';
import type { Manifest } from '../chart/manifests.ts';
import { type ApiAnswer, apiRequest } from '../support/controlplane/api-request.ts';
import { installCrds } from '../support/install-crds.ts';
import { kubeClient } from '../support/kube-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { installPolicies } from './policies.ts';
import { Pod, podWith } from './pod.ts';

/** Two namespaces of a test file's own, only one of which the policies of the chart look at. */
export interface Injection {
  readonly client: KubeClient;
  readonly namespace: string;
  /** What the API server would store of a pod. Throws what it said where it refuses. */
  admit(pod: object): Promise<Pod>;
  /** The same where no policy looks. */
  admitWithoutPolicy(pod: object): Promise<Pod>;
  /** What the API server says to a pod that it refuses. */
  refusal(pod: object): Promise<ApiAnswer>;
  /** Waits until pods with these labels get a pull Secret: a new policy takes some seconds to work. */
  works(labels: Readonly<Record<string, string>>): Promise<void>;
}

/** To be awaited at the top of a test file: the policies that the chart renders with these values of `injection`. */
export async function createInjection(injection: Values = {}): Promise<Injection> {
  const { adminKubeconfig } = inject('controlPlane');
  const client = await kubeClient(adminKubeconfig);
  const namespace = `injection-${randomUUID().slice(0, 8)}`;
  const plain = `${namespace}-plain`;
  await installCrds(client);
  for (const name of [namespace, plain]) await createNamespace(client, name);
  const policies = await installPolicies(client, await renderedWith(namespace, injection));
  afterAll(async () => {
    await policies.remove();
    for (const name of [namespace, plain]) await client.delete(namespaces, { name });
    client.close();
  });
  const send = (where: string, body: object): Promise<ApiAnswer> =>
    apiRequest(adminKubeconfig, `/api/v1/namespaces/${where}/pods?dryRun=All`, { method: 'POST', body });
  const admitIn = async (where: string, pod: object): Promise<Pod> => {
    const { status, body } = await send(where, pod);
    if (status !== 201) throw new Error(`the pod was refused: ${JSON.stringify(body)}`);
    return Pod.parse(body);
  };
  return {
    client,
    namespace,
    admit: (pod) => admitIn(namespace, pod),
    admitWithoutPolicy: (pod) => admitIn(plain, pod),
    refusal: (pod) => send(namespace, pod),
    works: async (labels) => {
      const probe = async (): Promise<boolean> =>
        (await admitIn(namespace, podWith(labels))).spec.imagePullSecrets.length > 0;
      await waitFor(`a login for ${JSON.stringify(labels)}`, probe, { everyMs: 100 });
    },
  };
}

/** The policies that the chart renders for one namespace. */
async function renderedWith(namespace: string, injection: Values): Promise<Manifest[]> {
  const helm = await createHelm();
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const values = {
    fullnameOverride: namespace,
    injection: { enabled: true, namespaceSelector, ...injection },
  };
  return (await helm.template(values)).filter(({ kind }) => kind.includes('AdmissionPolicy'));
}

async function createNamespace(client: KubeClient, name: string): Promise<void> {
  await client.create<KubeObject>(namespaces, { metadata: { name } });
  // Without it the API server takes no pod.
  await waitFor('the default service account', () =>
    client.get(serviceAccounts, { namespace: name, name: 'default' }),
  );
}
