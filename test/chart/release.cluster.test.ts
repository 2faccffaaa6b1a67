import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { apiRequest, type ApiAnswer } from '../support/controlplane/api-request.ts';
import { type ControlPlane, startControlPlane } from '../support/controlplane/controlplane.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Access, mayDo } from './access.ts';
import { chartFolder, createHelm, type Helm, type Values } from './helm.ts';
import { Deployment } from './manifests.ts';

// A control plane of its own: CRDs and cluster roles come and go here. The tests are the life of one release, in order.
let controlPlane: ControlPlane;
let helm: Helm;

const namespaces = {
  operators: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  ci: {},
  web: {},
};

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllerManager: true });
  helm = await createHelm(controlPlane.adminKubeconfig);
  for (const [name, labels] of Object.entries(namespaces)) {
    await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }
});
afterAll(async () => {
  await controlPlane.stop();
});

const crdPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/ecrregistries.ecr-operator.dev';
const registriesPath = '/apis/ecr-operator.dev/v1alpha1/namespaces/ci/ecrregistries';
const deploymentPath = '/apis/apps/v1/namespaces/operators/deployments/test-ecr-operator';

const get = (path: string): Promise<ApiAnswer> => apiRequest(controlPlane.adminKubeconfig, path);
const post = (path: string, body: object): Promise<ApiAnswer> =>
  apiRequest(controlPlane.adminKubeconfig, path, { method: 'POST', body });
const statusOf = async (path: string): Promise<number> => (await get(path)).status;

async function release(command: 'install' | 'upgrade', values: Values, ...more: string[]): Promise<string> {
  const args = ['test', chartFolder, '--namespace', 'operators', ...(await helm.values(values))];
  return await helm.run(command, ...args, ...more);
}

/** The accesses among those given that the operator has. */
async function granted(accesses: readonly Access[]): Promise<Access[]> {
  const user = 'system:serviceaccount:operators:test-ecr-operator';
  const answers = await Promise.all(accesses.map((a) => mayDo(controlPlane.adminKubeconfig, user, a)));
  return accesses.filter((_, index) => answers[index]);
}

/** Whether a user may do something to the registries of namespace ci. */
function onRegistries(user: string, verb: string): Promise<boolean> {
  const access = { verb, group: 'ecr-operator.dev', resource: 'ecrregistries', namespace: 'ci' };
  return mayDo(controlPlane.adminKubeconfig, user, access);
}

/** How many objects of the release, CRDs aside, there are. */
async function countObjects(): Promise<number> {
  const rbac = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'];
  const paths = [
    ...rbac.map((kind) => `/apis/rbac.authorization.k8s.io/v1/${kind}`),
    ...['services', 'serviceaccounts'].map((kind) => `/api/v1/${kind}`),
    '/apis/apps/v1/deployments',
  ];
  const label = 'app.kubernetes.io%2Finstance%3Dtest';
  const answers = await Promise.all(paths.map((path) => get(`${path}?labelSelector=${label}`)));
  return answers.flatMap(({ body }) => List.parse(body).items).length;
}

const listSecrets = (namespace: string): Access => ({ verb: 'list', resource: 'secrets', namespace });
const listedTokens: Values = {
  rbac: { serviceAccountTokens: { all: false, allowed: [{ namespace: 'ci', names: ['engine'] }] } },
};
const token = { verb: 'create', resource: 'serviceaccounts', subresource: 'token' } as const;
const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: 'operators' } as const;

const List = z.object({ items: z.array(z.unknown()) });

let notes: string;

it('installs', async () => {
  notes = await release('install', listedTokens);
  expect([await statusOf(deploymentPath), await statusOf(crdPath)]).toEqual([200, 200]);
});

it('the EcrRegistry of the printed notes is accepted by the API server', async () => {
  const example: unknown = parse(/<<YAML\n(.*?)\n +YAML/s.exec(notes)?.[1] ?? '');
  const registry = { ...z.looseObject({}).parse(example), metadata: { name: 'prod', namespace: 'ci' } };
  const created = await waitFor('the new kind to be served', async () => {
    const answer = await post(registriesPath, registry);
    return answer.status !== 404 && answer;
  });
  expect(created).toMatchObject({ status: 201, body: { spec: { region: 'eu-west-1' } } });
});

it('its pods are admitted to a namespace that enforces the Pod Security Standard restricted', async () => {
  const { template } = Deployment.parse((await get(deploymentPath)).body).spec;
  const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: 'probe' } };
  const path = '/api/v1/namespaces/operators/pods?dryRun=All';
  expect(await post(path, pod)).toMatchObject({ status: 201 });
  const privileged = { ...pod, spec: { ...pod.spec, hostNetwork: true } };
  expect(await post(path, privileged)).toMatchObject({ status: 403 });
});

it('may do what the operator does', async () => {
  const needed: Access[] = [
    ...['get', 'list', 'watch'].flatMap((verb) => [
      { verb, group: 'ecr-operator.dev', resource: 'ecrregistries' },
      { verb, group: 'ecr-operator.dev', resource: 'clusterecrregistries' },
      { verb, resource: 'serviceaccounts' },
      { verb, resource: 'namespaces' },
    ]),
    // Links of imagePullSecrets.
    { verb: 'patch', resource: 'serviceaccounts' },
    ...['ecrregistries', 'clusterecrregistries'].map((resource) => ({
      verb: 'patch',
      group: 'ecr-operator.dev',
      resource,
      subresource: 'status',
    })),
    ...['get', 'list', 'watch', 'create', 'patch', 'delete'].map((verb) => ({ verb, resource: 'secrets' })),
    { verb: 'create', group: 'events.k8s.io', resource: 'events', namespace: 'web' },
    { ...token, namespace: 'ci', name: 'engine' },
    { verb: 'create', ...lease },
    { verb: 'update', ...lease, name: 'test-ecr-operator' },
  ];
  expect(await granted(needed)).toEqual(needed);
});

it('may do nothing beyond that', async () => {
  const excessive: Access[] = [
    { ...token, namespace: 'ci', name: 'other' },
    { ...token, namespace: 'web', name: 'engine' },
    { ...token, namespace: 'ci' },
    { verb: 'update', ...lease, name: 'other' },
    { verb: 'delete', ...lease, name: 'test-ecr-operator' },
    { verb: 'create', resource: 'serviceaccounts', namespace: 'ci' },
    { verb: 'patch', resource: 'namespaces' },
    { verb: 'patch', group: 'ecr-operator.dev', resource: 'clusterecrregistries' },
    { verb: 'patch', group: 'ecr-operator.dev', resource: 'ecrregistries', namespace: 'ci' },
    { verb: 'create', resource: 'pods', namespace: 'operators' },
    { verb: 'deletecollection', resource: 'secrets', namespace: 'ci' },
    { verb: 'impersonate', resource: 'serviceaccounts', namespace: 'ci' },
  ];
  expect(await granted(excessive)).toEqual([]);
});

it('lets viewers of a namespace see its registries, and only editors change them', async () => {
  const group = 'rbac.authorization.k8s.io';
  for (const role of ['view', 'edit']) {
    const subjects = [{ kind: 'User', name: `${role}er`, apiGroup: group }];
    const roleRef = { apiGroup: group, kind: 'ClusterRole', name: role };
    const binding = { apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata: { name: role } };
    const path = `/apis/${group}/v1/namespaces/ci/rolebindings`;
    await post(path, { ...binding, subjects, roleRef });
  }
  await waitFor('the role view to be aggregated', () => onRegistries('viewer', 'list'));
  await waitFor('the role edit to be aggregated', () => onRegistries('editer', 'patch'));
  expect(await onRegistries('viewer', 'patch')).toBe(false);
});

it('gives up its rights in other namespaces when it is upgraded to watch one', async () => {
  await release('upgrade', { ...listedTokens, watch: { namespace: 'ci' } });
  const wanted = [listSecrets('ci'), { ...token, namespace: 'ci', name: 'engine' }];
  // The authorizer learns of new roles by a watch.
  await waitFor('the new rights', async () => (await granted(wanted)).length === wanted.length);
  await waitFor('the old rights to end', async () => (await granted([listSecrets('web')])).length === 0);
});

it('leaves the CRD and the registries behind when it is uninstalled, and nothing else', async () => {
  expect(await countObjects()).toBe(11);
  await helm.run('uninstall', 'test', '--namespace', 'operators');
  expect(await get(`${registriesPath}/prod`)).toMatchObject({ status: 200 });
  expect(await countObjects()).toBe(0);
});

it('takes over the CRD in a release of another name, and deletes it where crds.keep is false', async () => {
  const values = await helm.values({ crds: { keep: false } });
  const args = [chartFolder, '--namespace', 'web', ...values];
  const { stderr } = await helm.try('install', 'other', ...args);
  expect(stderr).toContain('invalid ownership metadata');
  await helm.run('install', 'other', ...args, '--take-ownership');
  expect(await get(`${registriesPath}/prod`)).toMatchObject({ status: 200 });
  await helm.run('uninstall', 'other', '--namespace', 'web');
  await waitFor('the CRD to be gone', async () => (await statusOf(crdPath)) === 404);
});
