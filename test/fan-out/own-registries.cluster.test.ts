import { expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { addRole, createServiceAccount, roleAnnotation } from '../operator/fixture.ts';
import { waitFor } from '../support/wait-for.ts';
import { createClusterFixture, createNamespaces, secretsNamed, secretWrites } from './fixture.ts';

/** The counts that `make bench` sees with a thousand registries that have nothing to share. */
const count = 500;
const f = await createClusterFixture();

test('five hundred registries with an identity each cost one STS call, one ECR call and one write each', async () => {
  const names = await createNamespaces(f, 'own', count);
  const left = names.values();
  const prepare = async (): Promise<void> => {
    for (const namespace of left) {
      const role = addRole(f.aws, namespace, namespace, { trust: [trustOf(namespace)] });
      await createServiceAccount(f.client, namespace, 'puller', { [roleAnnotation]: role });
      const spec = { region: 'eu-west-1', credentials: { serviceAccounts: { account: 'puller' } } };
      await f.client.create(ecrRegistries, { metadata: { namespace, name: 'prod' }, spec } as KubeObject);
    }
  };
  await Promise.all(Array.from({ length: 16 }, prepare));
  await f.startClusterOperator();
  await waitFor('all Secrets', async () => (await secretsNamed(f, 'prod-ecr')).size === count, {
    timeoutMs: 50_000,
    everyMs: 250,
  });
  expect(f.aws.countCalls({ service: 'sts' })).toBe(count);
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(count);
  expect(await secretWrites(f)).toEqual({ create: count });
});

function trustOf(namespace: string) {
  const subjects = [`system:serviceaccount:${namespace}:puller`];
  return { kind: 'web-identity', subjects, audience: 'sts.amazonaws.com' } as const;
}
