import { describe, expect, it } from 'vitest';
import { OwnerCheck } from '../../../src/controllers/orphans/owner-check.ts';
import type { KubeObject, ObjectKey, ResourceType } from '../../../src/kube/object.ts';

/** An API server that holds these objects; counts what it is asked for. */
function apiServer(objects: Record<string, KubeObject['metadata']>) {
  const asked: string[] = [];
  const get = async (type: ResourceType, { namespace, name }: ObjectKey): Promise<unknown> => {
    const path = [type.plural, namespace, name].filter((part) => part !== undefined).join('/');
    asked.push(path);
    return objects[path] && { metadata: objects[path] };
  };
  return { asked, client: { get: get as never } };
}

const secret = (kind: string, name: string) => ({
  name: 'pull',
  ownerReferences: [{ apiVersion: 'ecr-operator.dev/v1alpha1', kind, name, uid: 'u1' }],
});

describe('the owner of a Secret', () => {
  it('is gone when the API server does not know it', async () => {
    const { client, asked } = apiServer({ 'secrets/ci/pull': secret('EcrRegistry', 'prod') });
    expect(await new OwnerCheck(client).isGone('u1', 'ci/pull')).toBe(true);
    expect(asked).toEqual(['secrets/ci/pull', 'ecrregistries/ci/prod']);
  });

  it('is gone when another object has its name', async () => {
    const { client } = apiServer({
      'secrets/ci/pull': secret('EcrPipeline', 'build'),
      'ecrpipelines/ci/build': { name: 'build', uid: 'u2' },
    });
    expect(await new OwnerCheck(client).isGone('u1', 'ci/pull')).toBe(true);
  });

  it('is there when the cache was late', async () => {
    const { client } = apiServer({
      'secrets/ci/pull': secret('ClusterEcrRegistry', 'shared'),
      'clusterecrregistries/shared': { name: 'shared', uid: 'u1' },
    });
    expect(await new OwnerCheck(client).isGone('u1', 'ci/pull')).toBe(false);
  });

  it('counts as there for a Secret without a reference, or with one to another kind', async () => {
    const { client } = apiServer({
      'secrets/ci/a': { name: 'a' },
      'secrets/ci/b': secret('Deployment', 'x'),
    });
    const check = new OwnerCheck(client);
    expect(await Promise.all(['ci/a', 'ci/b', 'ci/c'].map((key) => check.isGone('u1', key)))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('is asked for once for all Secrets, at the same time and later', async () => {
    const { client, asked } = apiServer({ 'secrets/a/pull': secret('ClusterEcrRegistry', 'shared') });
    const check = new OwnerCheck(client);
    await Promise.all(['a/pull', 'b/pull', 'c/pull'].map((key) => check.isGone('u1', key)));
    expect(await check.isGone('u1', 'd/pull')).toBe(true);
    expect(asked).toHaveLength(2);
  });
});
