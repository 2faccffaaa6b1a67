import { dockerConfigKey, parseDockerConfig } from '../../src/docker-config/docker-config.ts';
import { Redacted } from '../../src/base/redacted.ts';
import { type KubeObject, secrets } from '../../src/kube/object.ts';
import { send } from '../aws-local/registry-client.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Fixture } from './fixture.ts';

export interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

export async function findSecret({ client, namespace }: Fixture, name: string): Promise<Secret | undefined> {
  return client.get<Secret>(secrets, { namespace, name });
}

export async function getSecret(f: Fixture, name: string): Promise<Secret> {
  const secret = await findSecret(f, name);
  if (secret === undefined) throw new Error(`there is no Secret ${name}`);
  return secret;
}

/** Waits until the Secret passes `check`. */
export async function secretWhere(
  f: Fixture,
  name: string,
  what: string,
  check: (secret: Secret) => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<Secret> {
  const probe = async (): Promise<Secret | undefined> => {
    const secret = await findSecret(f, name);
    return secret !== undefined && (await check(secret)) ? secret : undefined;
  };
  return waitFor(`Secret ${name} ${what}`, probe, { everyMs: 40, timeoutMs });
}

export async function createSecret(f: Fixture, name: string, secret: Partial<Secret>): Promise<Secret> {
  const metadata = { ...secret.metadata, namespace: f.namespace, name };
  return f.client.create<Secret>(secrets, { type: 'Opaque', ...secret, metadata });
}

/** Merge patch by somebody who is not the operator. */
export async function editSecret(f: Fixture, name: string, patch: object): Promise<void> {
  await f.client.mergePatch(secrets, { namespace: f.namespace, name }, patch, { fieldManager: 'somebody' });
}

export async function deleteSecret({ client, namespace }: Fixture, name: string): Promise<void> {
  await client.delete(secrets, { namespace, name });
}

/** Registry host -> password. */
export function passwordsIn(secret: Secret): Map<string, string> {
  const text = Buffer.from(secret.data?.[dockerConfigKey] ?? '', 'base64').toString('utf8');
  return new Map(
    [...parseDockerConfig(new Redacted(text))].map(([host, auth]) => [host, auth.password.reveal()]),
  );
}

/** Whether the local registry takes every login of the Secret, and there is one. */
export async function logsIn({ aws }: Fixture, secret: Secret): Promise<boolean> {
  const logins = [...passwordsIn(secret)];
  const answers = await Promise.all(
    logins.map(([host, password]) => {
      const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
      return send(aws, { host, path: '/v2/', headers: { authorization } });
    }),
  );
  return logins.length > 0 && answers.every(({ status }) => status === 200);
}

/** Data of a Secret that logs in to nothing. */
export const foreignData = { [dockerConfigKey]: Buffer.from('{"auths":{}}').toString('base64') };
export const pullSecretType = 'kubernetes.io/dockerconfigjson';
