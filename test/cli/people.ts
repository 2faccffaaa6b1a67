import type { KubeObject, ResourceType } from '../../src/kube/object.ts';
import { createServiceAccount, type Fixture } from '../operator/fixture.ts';
import { kubeconfigFor } from '../support/controlplane/attach.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const roles: ResourceType = { apiVersion: rbac, kind: 'Role', plural: 'roles', namespaced: true };
const roleBindings: ResourceType = {
  apiVersion: rbac,
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};

/** A rule of a Role: resources as `plural.group` or `plural`. */
export interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** To read the operator's own kinds in one namespace, and nothing else. */
export const readOnly: readonly Rule[] = [
  {
    resources: ['ecrregistries.ecr-operator.dev', 'ecrpipelines.ecr-operator.dev'],
    verbs: ['get', 'list', 'watch'],
  },
];

/** Makes somebody with these rights in the namespace of the fixture; gives the kubeconfig. */
export async function person(f: Fixture, name: string, rules: readonly Rule[]): Promise<string> {
  const { client, namespace } = f;
  await createServiceAccount(client, namespace, name);
  await client.create(roles, {
    metadata: { namespace, name },
    rules: rules.flatMap(({ resources, verbs }) =>
      resources.map((resource) => {
        const [plural = '', ...group] = resource.split('.');
        return { apiGroups: [group.join('.')], resources: [plural], verbs };
      }),
    ),
  } as KubeObject);
  await client.create(roleBindings, {
    metadata: { namespace, name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  } as KubeObject);
  return kubeconfigFor(f.controlPlane, { serviceAccount: `${namespace}/${name}` });
}
