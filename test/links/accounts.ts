import { annotations } from '../../src/api/names.ts';
import { type KubeObject, serviceAccounts } from '../../src/kube/object.ts';
import type { Fixture } from '../operator/fixture.ts';
import { auditedWrites } from '../support/controlplane/audit-log.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { waitFor } from '../support/wait-for.ts';

interface ServiceAccount extends KubeObject {
  imagePullSecrets?: { name?: string }[];
}

/** `<namespace>/<name>` of a service account of the fixture's namespace. */
export const inNamespace = ({ namespace }: Fixture, name: string): string => `${namespace}/${name}`;

const keyOf = (account: string): { namespace: string; name: string } => {
  const [namespace = '', name = ''] = account.split('/');
  return { namespace, name };
};

const entries = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));

export async function createAccount(
  { client }: Fixture,
  account: string,
  pullSecrets: string[] = [],
): Promise<void> {
  const list = pullSecrets.length === 0 ? {} : { imagePullSecrets: entries(pullSecrets) };
  const body: ServiceAccount = { metadata: keyOf(account), ...list };
  await client.create(serviceAccounts, body, { fieldManager: 'somebody' });
}

async function getAccount({ client }: Fixture, account: string): Promise<ServiceAccount> {
  const found = await client.get<ServiceAccount>(serviceAccounts, keyOf(account));
  if (found === undefined) throw new Error(`there is no service account ${account}`);
  return found;
}

/** Names in the imagePullSecrets of a service account. */
export async function pullSecretsOf(f: Fixture, account: string): Promise<string[]> {
  return ((await getAccount(f, account)).imagePullSecrets ?? []).map(({ name = '' }) => name);
}

/** Waits until the imagePullSecrets of a service account are these. */
export async function linked(f: Fixture, account: string, names: string[]): Promise<void> {
  await waitFor(`the imagePullSecrets of ${account} to be ${names.join(', ')}`, async () => {
    const found = await pullSecretsOf(f, account);
    if (found.join() === names.join()) return true;
    throw new Error(`they are ${found.join(', ')}`);
  });
}

/** Replaces the whole list, as a client-side `kubectl apply` of a manifest does. */
export async function setPullSecrets({ client }: Fixture, account: string, names: string[]): Promise<void> {
  const patch = { imagePullSecrets: entries(names) };
  await client.mergePatch(serviceAccounts, keyOf(account), patch, { fieldManager: 'somebody' });
}

export async function recordOf(f: Fixture, account: string): Promise<string | undefined> {
  return (await getAccount(f, account)).metadata.annotations?.[annotations.imagePullSecrets];
}

/** The service accounts that the operators wrote so far, oldest first, as `<namespace>/<name>`. */
export async function accountWrites({ controlPlane, operatorUser }: Fixture): Promise<string[]> {
  const writes = await auditedWrites(controlPlane.auditLogFile ?? '', operatorUser);
  return writes.flatMap(({ objectRef: { resource, subresource, namespace, name } = {} }) =>
    resource === 'serviceaccounts' && subresource === undefined ? [`${namespace}/${name}`] : [],
  );
}

/** How often an operator read service accounts so far: lists, watches and single ones. */
export async function accountReads(operator: OperatorProcess): Promise<number> {
  const { body } = await operator.get('/metrics');
  const line = /^ecr_operator_kube_requests_total\{method="GET",resource="serviceaccounts",.*\} (\d+)$/gm;
  return [...body.matchAll(line)].reduce((sum, [, count]) => sum + Number(count), 0);
}
