import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { z } from 'zod';
import { apiRequest } from '../support/controlplane/api-request.ts';
import { attachControlPlane, kubeconfigFor, requestToken } from '../support/controlplane/attach.ts';
import { auditedWrites } from '../support/controlplane/audit-log.ts';
import { waitFor } from '../support/wait-for.ts';

const controlPlane = attachControlPlane(inject('controlPlane'));
const admin = controlPlane.adminKubeconfig;

/** A new namespace, whose default ServiceAccount the controller manager has made. */
async function newNamespace(): Promise<string> {
  const name = `test-${randomUUID().slice(0, 8)}`;
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  expect((await apiRequest(admin, '/api/v1/namespaces', { method: 'POST', body })).status).toBe(201);
  await waitFor(`ServiceAccount ${name}/default`, async () => {
    return (await apiRequest(admin, `/api/v1/namespaces/${name}/serviceaccounts/default`)).status === 200;
  });
  return name;
}

const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
const Uid = z.object({ metadata: z.object({ uid: z.string() }) });
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

test('the API server says that it is Kubernetes 1.37', async () => {
  const { status, body } = await apiRequest(admin, '/version');
  expect(status).toBe(200);
  expect(body).toMatchObject({ major: '1', minor: '37' });
});

test('RBAC denies a ServiceAccount without a role', async () => {
  const namespace = await newNamespace();
  const kubeconfig = await kubeconfigFor(controlPlane, { serviceAccount: `${namespace}/default` });
  const { status, body } = await apiRequest(kubeconfig, `/api/v1/namespaces/${namespace}/secrets`);
  expect(status).toBe(403);
  expect(body).toMatchObject({
    message: expect.stringContaining(`system:serviceaccount:${namespace}:default`),
  });
});

test('a bearer token that the API server did not issue is unauthorized', async () => {
  const kubeconfig = await kubeconfigFor(controlPlane, { token: 'not-a-token' });
  expect((await apiRequest(kubeconfig, '/api/v1/namespaces')).status).toBe(401);
});

test('a token for sts.amazonaws.com verifies against the published keys', async () => {
  const namespace = await newNamespace();
  const token = await requestToken(controlPlane, `${namespace}/default`, 'sts.amazonaws.com');
  const [header = '', claims = '', signature = ''] = token.split('.');
  expect(decode(claims)).toMatchObject({
    iss: controlPlane.issuer,
    aud: ['sts.amazonaws.com'],
    sub: `system:serviceaccount:${namespace}:default`,
  });
  const wanted = z.object({ kid: z.string() }).parse(decode(header)).kid;
  const { keys } = await controlPlane.jwks();
  const key = keys.find(({ kid }) => kid === wanted);
  const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
  const signed = (text: string) =>
    verify('RSA-SHA256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64url'));
  expect(signed(`${header}.${claims}`)).toBe(true);
  expect(signed(`${header}.${claims}x`)).toBe(false);
});

test('the audit log counts the writes of one user, refused ones too, and not its reads', async () => {
  const namespace = await newNamespace();
  const kubeconfig = await kubeconfigFor(controlPlane, { serviceAccount: `${namespace}/default` });
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  await apiRequest(kubeconfig, path);
  await apiRequest(kubeconfig, path, { method: 'POST', body: configMap('a') });
  await apiRequest(admin, path, { method: 'POST', body: configMap('b') });
  const user = `system:serviceaccount:${namespace}:default`;
  const writes = await waitFor('the write in the audit log', async () => {
    const events = await auditedWrites(controlPlane.auditLogFile ?? '', user);
    return events.length > 0 && events;
  });
  expect(writes.map(({ verb, responseStatus }) => [verb, responseStatus?.code])).toEqual([['create', 403]]);
});

test('the garbage collector deletes what an object owns, and a deleted namespace goes away', async () => {
  const namespace = await newNamespace();
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const owner = await apiRequest(admin, path, { method: 'POST', body: configMap('owner') });
  const { uid } = Uid.parse(owner.body).metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
  const owned = { ...configMap('owned'), metadata: { name: 'owned', ownerReferences } };
  await apiRequest(admin, path, { method: 'POST', body: owned });
  const gone = async (url: string): Promise<boolean> => (await apiRequest(admin, url)).status === 404;
  expect(await gone(`${path}/owned`)).toBe(false);
  await apiRequest(admin, `${path}/owner`, { method: 'DELETE' });
  await waitFor('the owned ConfigMap to go', () => gone(`${path}/owned`), { timeoutMs: 30_000 });
  await apiRequest(admin, `/api/v1/namespaces/${namespace}`, { method: 'DELETE' });
  await waitFor('the namespace to go', () => gone(`/api/v1/namespaces/${namespace}`), { timeoutMs: 30_000 });
});
