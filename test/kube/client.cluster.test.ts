import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { KubeClient } from '../../src/kube/client.ts';
import { isAlreadyExists, isConflict, isInvalid, isNamespaceTerminating } from '../../src/kube/errors.ts';
import { namespaces, secrets, serviceAccounts, type KubeObject } from '../../src/kube/object.ts';
import { kubeClient } from '../support/kube-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { newNamespace } from './reflector-cluster.ts';

interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

let client: KubeClient & { close(): void };
let namespace: string;

beforeAll(async () => {
  client = await kubeClient(inject('controlPlane').adminKubeconfig);
});
beforeEach(async () => {
  namespace = await newNamespace(client);
});
afterAll(() => client.close());

const at = (name: string) => ({ namespace, name });
const secret = (name: string, value: string): Secret => ({ metadata: at(name), data: { value } });
const failure = (call: Promise<unknown>): Promise<unknown> => call.then(String, (error: unknown) => error);

describe('reading', () => {
  test('what does not exist is undefined, a kind that is not served is an error', async () => {
    expect(await client.get(secrets, at('none'))).toBeUndefined();
    expect(await client.get(secrets, { namespace: 'no-such-namespace', name: 'none' })).toBeUndefined();
    for (const type of [
      { ...secrets, plural: 'nosuchthings' },
      { ...secrets, apiVersion: 'no.such/v1' },
    ])
      await expect(client.get(type, at('none'))).rejects.toMatchObject({ status: 404 });
  });

  test('metadata alone comes without data, from get, list and write', async () => {
    const o = { metadataOnly: true };
    expect(await client.create(secrets, secret('a', 'Y2FuYXJ5'), o)).not.toHaveProperty('data');
    expect(await client.get(secrets, at('a'), o)).not.toHaveProperty('data');
    expect(await client.mergePatch(secrets, at('a'), { data: { x: 'Y2FuYXJ5' } }, o)).not.toHaveProperty(
      'data',
    );
    const { items } = await client.list(secrets, { namespace, metadataOnly: true });
    expect(items.map((item) => [item.metadata.name, 'data' in item])).toEqual([['a', false]]);
    expect(await client.get<Secret>(secrets, at('a'))).toMatchObject({ data: { value: 'Y2FuYXJ5' } });
  });

  test('a list is read page by page to its end', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.create(secrets, secret(name, ''));
    const sizes: number[] = [];
    for await (const page of client.listPages(secrets, { namespace, pageSize: 2 }))
      sizes.push(page.items.length);
    expect(sizes).toEqual([2, 2, 1]);
    const { items } = await client.list(secrets, { namespace, pageSize: 2 });
    expect(items.map((item) => item.metadata.name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('writing', () => {
  test('a second create says that the object exists', async () => {
    await client.create(secrets, secret('a', ''));
    expect(await failure(client.create(secrets, secret('a', '')))).toSatisfy(isAlreadyExists);
  });

  test('a replace of what has changed is a conflict', async () => {
    const first = await client.create(secrets, secret('a', ''));
    await client.mergePatch(secrets, at('a'), { data: { value: 'bmV3' } });
    expect(await failure(client.replace(secrets, { ...first, data: {} }))).toSatisfy(isConflict);
    expect(await client.get<Secret>(secrets, at('a'))).toMatchObject({ data: { value: 'bmV3' } });
  });

  test('a change of an immutable field is invalid, and the error does not show data', async () => {
    await client.create(secrets, secret('a', 'Y2FuYXJ5'));
    const error = await failure(
      client.mergePatch(secrets, at('a'), { type: 'x/y', data: { z: 'Y2FuYXJ5' } }),
    );
    expect(error).toSatisfy(isInvalid);
    expect(error).toMatchObject({ causes: [{ field: 'type' }] });
    expect(String(error)).not.toContain('Y2FuYXJ5');
  });

  test('apply creates, takes no field from another manager unless forced, and lets go of what is left out', async () => {
    await client.apply(secrets, { ...secret('a', 'b25l') }, { fieldManager: 'one' });
    const two = secret('a', 'dHdv');
    expect(await failure(client.apply(secrets, two, { fieldManager: 'two' }))).toSatisfy(isConflict);
    await client.apply(secrets, two, { fieldManager: 'two', force: true });
    expect(await client.get<Secret>(secrets, at('a'))).toMatchObject({ data: { value: 'dHdv' } });
    await client.apply(secrets, { metadata: at('a') }, { fieldManager: 'two' });
    expect((await client.get<Secret>(secrets, at('a')))?.data).toBeUndefined();
  });

  test('a delete keeps to its preconditions, and says whether there was something', async () => {
    const { metadata } = await client.create(secrets, secret('a', ''));
    const other = { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
    expect(await failure(client.delete(secrets, at('a'), other))).toSatisfy(isConflict);
    const { uid = '', resourceVersion = '' } = metadata;
    expect(await client.delete(secrets, at('a'), { preconditions: { uid, resourceVersion } })).toBe(true);
    expect(await client.delete(secrets, at('a'))).toBe(false);
  });

  test('a create in a namespace that is going says so', async () => {
    await client.create(secrets, {
      metadata: { ...at('held'), finalizers: ['ecr-operator.dev/test'] },
    });
    await client.delete(namespaces, { name: namespace });
    const error = await waitFor('the refusal', async () => {
      const answer = await failure(client.create(secrets, secret('late', '')));
      return answer instanceof Error && answer;
    });
    expect(error).toSatisfy(isNamespaceTerminating);
    await client.mergePatch(secrets, at('held'), { metadata: { finalizers: null } });
  });
});

test('a service account token is for its audience, and for an account that exists', async () => {
  await client.create(serviceAccounts, { metadata: at('puller') });
  const wanted = { audience: 'sts.amazonaws.com', expirationSeconds: 600 };
  const { token, expirationTimestamp } = await client.createServiceAccountToken(at('puller'), wanted);
  const claims: unknown = JSON.parse(Buffer.from(token.reveal().split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({
    aud: ['sts.amazonaws.com'],
    sub: `system:serviceaccount:${namespace}:puller`,
    exp: Date.parse(expirationTimestamp) / 1000,
  });
  await expect(client.createServiceAccountToken(at('none'), wanted)).rejects.toMatchObject({ status: 404 });
});
