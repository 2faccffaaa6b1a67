import type { KubeClient } from '../../src/kube/client.ts';
import type { KubeObject, ResourceType } from '../../src/kube/object.ts';
import type { Manifest } from '../chart/manifests.ts';

/** Creates admission policies and their bindings. */
export async function installPolicies(
  client: KubeClient,
  manifests: readonly Manifest[],
): Promise<{ remove(): Promise<void> }> {
  for (const manifest of manifests) await client.create(typeOf(manifest), manifest as KubeObject);
  return {
    async remove() {
      for (const manifest of manifests) {
        await client.delete(typeOf(manifest), { name: manifest.metadata.name });
      }
    },
  };
}

function typeOf({ apiVersion, kind }: Manifest): ResourceType {
  const plural = kind.toLowerCase().replace(/y$/, 'ies').replace(/g$/, 'gs');
  return { apiVersion, kind, plural, namespaced: false };
}

/** A policy that adds a container to every pod of a namespace that has none of that name yet, and its binding. */
export function sidecarPolicy(name: string, namespace: string, container: string): Manifest[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const op = `JSONPatch{op: 'add', path: '/spec/containers/-', value: Object.spec.containers{name: '${container}', image: 'proxy'}}`;
  const expression = `object.spec.containers.exists(c, c.name == '${container}') ? [] : [${op}]`;
  const spec = {
    reinvocationPolicy: 'Never',
    failurePolicy: 'Fail',
    matchConstraints: {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
  };
  return [
    { apiVersion, kind: 'MutatingAdmissionPolicy', metadata: { name }, spec },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } },
  ];
}
