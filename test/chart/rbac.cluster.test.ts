import { beforeAll, describe, expect, it } from 'vitest';
import { createHelm, type Helm } from './helm.ts';
import { deploymentOf, type Manifest, namesOf, ofKind, Role } from './manifests.ts';
import { variants } from './variants.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});

const rbacKinds = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'];

function rolesIn(manifests: readonly Manifest[]): Role[] {
  return [...ofKind(manifests, 'ClusterRole'), ...ofKind(manifests, 'Role')].map((m) => Role.parse(m));
}

/** Rules that let somebody ask for tokens of service accounts, with the place where they hold. */
function tokenRules(roles: readonly Role[]): object[] {
  return roles.flatMap(({ kind, metadata, rules }) =>
    rules
      .filter((rule) => rule.resources.includes('serviceaccounts/token'))
      .map(({ verbs, resourceNames }) => ({ kind, namespace: metadata.namespace, verbs, resourceNames })),
  );
}

describe.each(Object.entries(variants))('the roles with %s', (_, values) => {
  it('hold no wildcard and no verb that gives more rights than were granted', async () => {
    const roles = rolesIn(await helm.template(values));
    const rules = roles.flatMap((role) => role.rules);
    const words = rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
    for (const forbidden of ['*', 'escalate', 'bind', 'impersonate']) expect(words).not.toContain(forbidden);
  });

  it('are bound to the service account that the pods run as', async () => {
    const manifests = await helm.template(values);
    const name = deploymentOf(manifests).spec.template.spec.serviceAccountName;
    const bindings = [...ofKind(manifests, 'ClusterRoleBinding'), ...ofKind(manifests, 'RoleBinding')];
    for (const binding of bindings) {
      expect(binding).toMatchObject({
        subjects: [{ kind: 'ServiceAccount', name, namespace: 'operators' }],
      });
    }
  });
});

it('watching all namespaces needs one ClusterRole beside the aggregated ones', async () => {
  const manifests = (await helm.template()).filter(({ kind }) => rbacKinds.includes(kind));
  expect(namesOf(manifests)).toEqual([
    'ClusterRole operators:test-ecr-operator',
    'ClusterRole operators:test-ecr-operator:edit',
    'ClusterRole operators:test-ecr-operator:view',
    'ClusterRoleBinding operators:test-ecr-operator',
    'Role operators/test-ecr-operator-leader-election',
    'RoleBinding operators/test-ecr-operator-leader-election',
  ]);
});

it('watching one namespace binds nothing in the whole cluster', async () => {
  const manifests = await helm.template({ watch: { namespace: 'ci' } });
  expect(namesOf(manifests.filter(({ kind }) => rbacKinds.includes(kind)))).toEqual([
    'ClusterRole operators:test-ecr-operator:edit',
    'ClusterRole operators:test-ecr-operator:view',
    'Role ci/test-ecr-operator',
    'Role operators/test-ecr-operator-leader-election',
    'RoleBinding ci/test-ecr-operator',
    'RoleBinding operators/test-ecr-operator-leader-election',
  ]);
});

it('may ask for tokens of all service accounts by default, only in the watched namespace if there is one', async () => {
  expect(tokenRules(rolesIn(await helm.template()))).toEqual([
    { kind: 'ClusterRole', namespace: undefined, verbs: ['create'], resourceNames: undefined },
  ]);
  expect(tokenRules(rolesIn(await helm.template({ watch: { namespace: 'ci' } })))).toEqual([
    { kind: 'Role', namespace: 'ci', verbs: ['create'], resourceNames: undefined },
  ]);
});

it('may ask for tokens of the listed service accounts only', async () => {
  const manifests = await helm.template(variants['tokens of listed service accounts']);
  expect(tokenRules(rolesIn(manifests))).toEqual([
    { kind: 'Role', namespace: 'ci', verbs: ['create'], resourceNames: ['engine'] },
    { kind: 'Role', namespace: 'web', verbs: ['create'], resourceNames: ['puller', 'pusher'] },
  ]);
});

it('may ask for no token at all where nothing is listed', async () => {
  const manifests = await helm.template({ rbac: { serviceAccountTokens: { all: false } } });
  expect(tokenRules(rolesIn(manifests))).toEqual([]);
});

it('names in the Lease rule the Lease that the operator is told to hold', async () => {
  const manifests = await helm.template({ leaderElection: { id: 'mine' } });
  const leases = rolesIn(manifests)
    .flatMap((role) => role.rules)
    .filter((rule) => rule.resources.includes('leases') && !rule.verbs.includes('create'));
  expect(leases).toEqual([
    {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      resourceNames: ['mine'],
      verbs: ['get', 'update'],
    },
  ]);
});
