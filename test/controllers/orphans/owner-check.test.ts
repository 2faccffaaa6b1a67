import { describe, expect, it } from 'vitest';
import { OwnerCheck } from '../../../src/controllers/orphans/owner-check.ts';
import { ApiError } from '../../../src/kube/errors.ts';
import type { KubeObject, ObjectKey, ResourceType } from '../../../src/kube/object.ts';
import { ManualClock } from '../../support/manual-clock.ts';

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

const clock = new ManualClock();
const prod = { kind: 'EcrRegistry', name: 'prod', uid: 'u1', namespace: 'ci' };
const shared = { kind: 'ClusterEcrRegistry', name: 'shared', uid: 'u1', namespace: 'ci' };

describe('the owner of a Secret', () => {
  it('is gone when the API server does not know it', async () => {
    const { client, asked } = apiServer({});
    expect(await new OwnerCheck(client, clock).isGone(prod)).toBe(true);
    expect(asked).toEqual(['ecrregistries/ci/prod']);
  });

  it('is gone when another object has its name', async () => {
    const { client } = apiServer({ 'ecrregistries/ci/prod': { name: 'prod', uid: 'u2' } });
    expect(await new OwnerCheck(client, clock).isGone(prod)).toBe(true);
  });

  it('is there when the cache was late', async () => {
    const { client } = apiServer({ 'clusterecrregistries/shared': { name: 'shared', uid: 'u1' } });
    expect(await new OwnerCheck(client, clock).isGone(shared)).toBe(false);
  });

  it('counts as there when it is of another kind', async () => {
    const { client, asked } = apiServer({});
    expect(await new OwnerCheck(client, clock).isGone({ ...prod, kind: 'Deployment' })).toBe(false);
    expect(asked).toEqual([]);
  });

  it('is asked for once for all Secrets that name it, at the same time and later', async () => {
    const { client, asked } = apiServer({});
    const check = new OwnerCheck(client, clock);
    const namespaces = ['a', 'b', 'c'];
    await Promise.all(namespaces.map((namespace) => check.isGone({ ...shared, namespace })));
    expect(await check.isGone({ ...shared, namespace: 'd' })).toBe(true);
    expect(asked).toEqual(['clusterecrregistries/shared']);
  });

  it('is asked for again when a Secret names another with the same UID', async () => {
    const { client } = apiServer({ 'ecrregistries/ci/prod': { name: 'prod', uid: 'u1' } });
    const check = new OwnerCheck(client, clock);
    expect(await check.isGone({ ...prod, name: 'forged' })).toBe(true);
    expect(await check.isGone(prod)).toBe(false);
  });

  it('is gone with its CRD, once the kind has not been served for a while', async () => {
    const get = async (): Promise<undefined> => {
      throw new ApiError('get ecrregistries ci/prod', 404, { message: 'no such page' });
    };
    const check = new OwnerCheck({ get }, clock);
    const ask = () => check.isGone(prod).catch((error: unknown) => (error as ApiError).status);
    expect(await ask()).toBe(404);
    await clock.advance(9_999);
    expect(await ask()).toBe(404);
    await clock.advance(1);
    expect(await ask()).toBe(true);
  });

  it('is not gone because its kind was unknown for moments that lie apart', async () => {
    let served = false;
    const get = async (): Promise<undefined> => {
      if (!served) throw new ApiError('get ecrregistries ci/prod', 404, { message: 'no such page' });
    };
    const check = new OwnerCheck({ get }, clock);
    await expect(check.isGone(prod)).rejects.toThrow('no such page');
    served = true;
    await check.isGone({ ...prod, uid: 'another' });
    served = false;
    await clock.advance(60_000);
    await expect(check.isGone(prod)).rejects.toThrow('no such page');
  });
});
