import { ecrPipelines } from '../src/api/ecr-pipeline.ts';
import { type EcrRegistry, ecrRegistries } from '../src/api/ecr-registry.ts';
import { annotations } from '../src/api/names.ts';
import type { KubeObject } from '../src/kube/object.ts';
import { waitFor } from '../test/support/wait-for.ts';
import type { Testbed } from './testbed.ts';

export const namespace = 'ci';
/** Names and regions of the registries. */
export const regions = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
export const pipelines = Array.from({ length: 200 }, (_, i) => `pipeline-${i}`);
export const triggers = [
  { name: 'release', serviceAccount: 'pusher' },
  ...['main', 'branch', 'nightly', 'manual'].map((name) => ({ name })),
];

/** Which Secrets of pipelines (`namespace/name`) have the login of which service account. */
export const secretsOf = {
  puller: pipelines.flatMap((p) => [keyOf(p), ...triggers.slice(1).map(({ name }) => keyOf(`${p}.${name}`))]),
  pusher: pipelines.map((p) => keyOf(`${p}.release`)),
};

/** The Secret of a registry, a pipeline, or `<pipeline>.<trigger>`. */
export function keyOf(name: string): string {
  return `${namespace}/${name}-ecr`;
}

export async function createRegistries({ client }: Testbed): Promise<void> {
  for (const name of regions) {
    const spec = { region: name, credentials: { serviceAccounts: { account: 'puller' } } };
    await client.create(ecrRegistries, { metadata: { namespace, name }, spec } as KubeObject);
  }
  await waitFor('the registries to be ready', async () => {
    const { items } = await client.list<EcrRegistry & KubeObject>(ecrRegistries, { namespace });
    return items.every(({ status }) => status?.expiresAt !== undefined);
  });
}

export async function createPipelines({ client }: Testbed): Promise<void> {
  const create = (name: string): Promise<unknown> =>
    client.create(ecrPipelines, { metadata: { namespace, name }, spec: { triggers } } as KubeObject);
  await Promise.all(pipelines.map(create));
}

/** Asks for new tokens of one registry, as a user would. */
export async function requestRefresh({ client }: Testbed, registry: string): Promise<void> {
  const metadata = { annotations: { [annotations.refreshRequestedAt]: new Date().toISOString() } };
  await client.mergePatch(ecrRegistries, { namespace, name: registry }, { metadata });
}

/** Throws where a registry whose tokens live some minutes has been refreshed already, and has one of 12 hours. */
export async function stillDue({ client }: Testbed, registry: string): Promise<void> {
  const found = await client.get<EcrRegistry & KubeObject>(ecrRegistries, { namespace, name: registry });
  const leftMs = Date.parse(found?.status?.expiresAt ?? '') - Date.now();
  if (leftMs > 3_600_000) {
    throw new Error(
      `EcrRegistry ${registry} fell due before the others were refreshed: is this machine busy?`,
    );
  }
}

/** When AWS was asked for a token of the service account, in milliseconds of performance.now. */
export function askedMs({ aws }: Testbed, account: string): number {
  const isIt = ({ operation, roleArn }: { operation: string; roleArn?: string }): boolean =>
    operation === 'GetAuthorizationToken' && roleArn?.endsWith(`-${account}`) === true;
  return (aws.calls().find(isIt)?.at ?? Number.NaN) - performance.timeOrigin;
}
