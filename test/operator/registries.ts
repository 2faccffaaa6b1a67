import type { z } from 'zod';
import { ecrRegistries, type EcrRegistry } from '../../src/api/ecr-registry.ts';
import type * as schema from '../../src/api/ecr-registry.schema.ts';
import type { Condition } from '../../src/api/conditions.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Fixture } from './fixture.ts';

/** A spec as a user writes it. */
export type Spec = z.input<typeof schema.spec>;

export const region = 'eu-west-1';

/** A spec with the account level alone. */
export function specFor(serviceAccount: string, more: Partial<Spec> = {}): Spec {
  return { region, credentials: { serviceAccounts: { account: serviceAccount } }, ...more };
}

export async function createRegistry(
  { client, namespace }: Fixture,
  name: string,
  spec: Spec,
  annotations: Record<string, string> = {},
): Promise<EcrRegistry> {
  return client.create(ecrRegistries, {
    metadata: { namespace, name, annotations },
    spec,
  } as unknown as EcrRegistry);
}

/** Merge patch of the spec: null removes a field. */
export async function patchSpec({ client, namespace }: Fixture, name: string, spec: object): Promise<void> {
  await client.mergePatch(ecrRegistries, { namespace, name }, { spec });
}

export async function annotate(
  { client, namespace }: Fixture,
  name: string,
  annotations: Record<string, string | null>,
): Promise<void> {
  await client.mergePatch(ecrRegistries, { namespace, name }, { metadata: { annotations } });
}

export async function getRegistry({ client, namespace }: Fixture, name: string): Promise<EcrRegistry> {
  const registry = await client.get<EcrRegistry>(ecrRegistries, { namespace, name });
  if (registry === undefined) throw new Error(`there is no EcrRegistry ${name}`);
  return registry;
}

export async function conditionOf(f: Fixture, name: string, type = 'Ready'): Promise<Condition | undefined> {
  return (await getRegistry(f, name)).status?.conditions?.find((condition) => condition.type === type);
}

type Check = (ready: Condition) => boolean;

/** Waits until the condition Ready speaks of the newest spec and passes `check`. */
async function waitForCondition(
  f: Fixture,
  name: string,
  what: string,
  check: Check,
  timeoutMs = 15_000,
): Promise<EcrRegistry> {
  const probe = async (): Promise<EcrRegistry> => {
    const registry = await getRegistry(f, name);
    const condition = registry.status?.conditions?.find(({ type }) => type === 'Ready');
    const current = condition?.observedGeneration === registry.metadata.generation;
    if (condition !== undefined && current && check(condition)) return registry;
    throw new Error(`the condition is ${JSON.stringify(condition)}`);
  };
  return waitFor(`EcrRegistry ${name} to be ${what}`, probe, { timeoutMs, everyMs: 40 });
}

export function ready(f: Fixture, name: string, timeoutMs?: number): Promise<EcrRegistry> {
  return waitForCondition(f, name, 'Ready', ({ status }) => status === 'True', timeoutMs);
}

/** Waits until Ready is False for this reason; gives the message. */
export async function notReady(
  f: Fixture,
  name: string,
  reason: string,
  timeoutMs?: number,
): Promise<string> {
  const isThis: Check = (condition) => condition.status === 'False' && condition.reason === reason;
  await waitForCondition(f, name, `False with reason ${reason}`, isThis, timeoutMs);
  return (await conditionOf(f, name))?.message ?? '';
}
