import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { KubeClient } from '../../src/kube/client.ts';
import { ApiError } from '../../src/kube/errors.ts';
import { secrets, serviceAccounts, type KubeObject, type ResourceType } from '../../src/kube/object.ts';
import { kubeconfigFor } from '../support/controlplane/attach.ts';
import { kubeClient } from '../support/kube-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { canary, newNamespace, observe, secret, withoutStreamingLists } from './reflector-cluster.ts';

let admin: KubeClient & { close(): void };
let namespace: string;

beforeAll(async () => {
  admin = await kubeClient(inject('controlPlane').adminKubeconfig);
});
beforeEach(async () => {
  namespace = await newNamespace(admin);
});
afterAll(() => admin.close());

const at = (name: string) => ({ namespace, name });

test('a streaming list of metadata by label never brings data or other objects into the process', async () => {
  await admin.create(secrets, secret(namespace, 'ours'));
  await admin.create(secrets, secret(namespace, 'foreign', { app: 'other' }));
  const { reflector, seen, changes, logged } = observe(admin, namespace);
  await reflector.synced();
  expect([...reflector.entries()].map(([key]) => key)).toEqual([`${namespace}/ours`]);
  await admin.create(secrets, secret(namespace, 'later'));
  await admin.mergePatch(secrets, at('ours'), { stringData: { key: 'canary-in-a-coal-mine', more: 'x' } });
  await admin.delete(secrets, at('later'));
  await waitFor('the deletion', () => changes.includes('later +>-'));
  expect(changes).toEqual(['ours ->+', 'later ->+', 'ours +>+', 'later +>-']);
  expect(seen.length).toBe(3);
  for (const text of seen) expect(text).not.toMatch(new RegExp(`foreign|"data"|"stringData"|${canary}`));
  expect(logged).toEqual([]);
});

test('an object that loses the label goes, and comes with it', async () => {
  await admin.create(secrets, secret(namespace, 'a'));
  const { reflector, changes } = observe(admin, namespace);
  await reflector.synced();
  await admin.mergePatch(secrets, at('a'), { metadata: { labels: { app: null } } });
  await waitFor('its going', () => reflector.size === 0);
  await admin.mergePatch(secrets, at('a'), { metadata: { labels: { app: 'ecr' } } });
  await waitFor('its coming', () => reflector.size === 1);
  expect(changes).toEqual(['a ->+', 'a +>-', 'a ->+']);
});

test('a paged list where there is no streaming one gives the same', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await admin.create(secrets, secret(namespace, name));
  const older = withoutStreamingLists(admin, () => new ApiError('watch secrets', 422, {}));
  const { reflector, seen, changes } = observe(older, namespace);
  await reflector.synced();
  expect(reflector.size).toBe(5);
  await admin.delete(secrets, at('c'));
  await waitFor('the deletion', () => changes.includes('c +>-'));
  for (const text of seen) expect(text).not.toMatch(new RegExp(`"data"|${canary}`));
});

test('without the right to watch it says so once, and goes on by itself when the right is granted', async () => {
  await admin.create(serviceAccounts, { metadata: at('reader') });
  await admin.create(secrets, secret(namespace, 'a'));
  const kubeconfig = await kubeconfigFor(inject('controlPlane'), { serviceAccount: `${namespace}/reader` });
  const reader = await kubeClient(kubeconfig);
  const { reflector, logged } = observe(reader, namespace);
  await waitFor('the refusal', () => logged.length > 0);
  expect(logged[0]).toContain('403 Forbidden: secrets is forbidden');
  expect(reflector.hasSynced()).toBe(false);
  await grantWatch();
  await reflector.synced();
  expect(reflector.size).toBe(1);
  expect(logged).toHaveLength(2);
  expect(logged[1]).toContain('works again');
  reader.close();
});

const rbac = (kind: string, plural: string): ResourceType => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  plural,
  namespaced: true,
});

async function grantWatch(): Promise<void> {
  const metadata = at('watch-secrets');
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] }];
  const role: KubeObject & { rules: object[] } = { metadata, rules };
  await admin.create(rbac('Role', 'roles'), role);
  await admin.create<KubeObject & { roleRef: object; subjects: object[] }>(
    rbac('RoleBinding', 'rolebindings'),
    {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'watch-secrets' },
      subjects: [{ kind: 'ServiceAccount', namespace, name: 'reader' }],
    },
  );
}
