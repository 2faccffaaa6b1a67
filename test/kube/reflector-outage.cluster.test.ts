import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KubeClient } from '../../src/kube/client.ts';
import { ConnectionError, TimeoutError } from '../../src/kube/errors.ts';
import { secrets } from '../../src/kube/object.ts';
import { startControlPlane, type ControlPlane } from '../support/controlplane/controlplane.ts';
import { kubeClient } from '../support/kube-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { newNamespace, observe, secret } from './reflector-cluster.ts';

let controlPlane: ControlPlane;
let admin: KubeClient & { close(): void };
let namespace: string;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  admin = await kubeClient(controlPlane.adminKubeconfig);
});
beforeEach(async () => {
  namespace = await newNamespace(admin);
});
afterAll(async () => {
  admin.close();
  await controlPlane.stop();
});

const at = (name: string) => ({ namespace, name });

test('an API server that is killed and comes back costs no change and no deletion', async () => {
  for (const name of ['stays', 'goes']) await admin.create(secrets, secret(namespace, name));
  const { reflector, changes, logged } = observe(admin, namespace);
  await reflector.synced();
  await controlPlane.killApiServer();
  await waitFor('the reflector to notice', () => logged.length > 0);
  expect(reflector.size).toBe(2);
  await controlPlane.startApiServer();
  // The new API server has no memory of the events before its start: these come while the reflector is away.
  await admin.delete(secrets, at('goes'));
  await admin.create(secrets, secret(namespace, 'comes'));
  await waitFor('all changes', () => changes.length >= 4, { timeoutMs: 45_000 });
  expect(changes.toSorted()).toEqual(['comes ->+', 'goes +>-', 'goes ->+', 'stays ->+']);
  await admin.create(secrets, secret(namespace, 'next'));
  await waitFor('the next change', () => changes.includes('next ->+'), { timeoutMs: 5_000 });
  expect(logged.at(-1)).toContain('works again');
});

test('an API server that holds its connections open and is silent is noticed and followed again', async () => {
  await admin.create(secrets, secret(namespace, 'a'));
  const { reflector, changes, logged } = observe(admin, namespace, { idleMs: 3_000 });
  await reflector.synced();
  await controlPlane.pauseApiServer();
  try {
    await waitFor('the silence to be noticed', () =>
      logged.some((line) => line.includes('not a byte for 3 s')),
    );
    const signal = AbortSignal.timeout(500);
    await expect(admin.get(secrets, at('a'), { signal })).rejects.toThrow('timeout');
  } finally {
    await controlPlane.resumeApiServer();
  }
  await admin.create(secrets, secret(namespace, 'b'));
  await waitFor('the change', () => changes.includes('b ->+'), { timeoutMs: 45_000 });
  expect(changes).toEqual(['a ->+', 'b ->+']);
});

test('calls to an API server that is down fail at once and name the object', async () => {
  await controlPlane.killApiServer();
  try {
    const error = await admin.get(secrets, at('a')).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).not.toBeInstanceOf(TimeoutError);
    expect(String(error)).toContain(`get secrets ${namespace}/a: `);
  } finally {
    await controlPlane.startApiServer();
  }
});
