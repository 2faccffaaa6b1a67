import { createHash } from 'node:crypto';
import { conditionTypes } from '../../src/api/conditions.ts';
import { ecrRegistries, type EcrRegistry } from '../../src/api/ecr-registry.ts';
import { secrets, type KubeObject } from '../../src/kube/object.ts';
import type { World } from './world.ts';

/** What a registry says about itself; times are epoch milliseconds. */
export interface RegistryState {
  readonly name: string;
  readonly ready: string | undefined;
  readonly reason: string | undefined;
  readonly message: string;
  readonly level: string | undefined;
  readonly expiresAtMs: number;
}

/** The registries of a namespace by name. */
export async function readRegistries(
  { client }: World,
  namespace: string,
): Promise<ReadonlyMap<string, RegistryState>> {
  const { items } = await client.list<EcrRegistry>(ecrRegistries, { namespace });
  return new Map(items.map((item) => [item.metadata.name, stateOf(item)]));
}

/** True when there are registries and each of them is in this state. */
export async function allRegistries(
  world: World,
  namespace: string,
  test: (state: RegistryState) => boolean,
): Promise<boolean> {
  const states = [...(await readRegistries(world, namespace)).values()];
  return states.length > 0 && states.every(test);
}

export const isReady = ({ ready }: RegistryState): boolean => ready === 'True';

function stateOf({ metadata, status }: EcrRegistry): RegistryState {
  const ready = status?.conditions?.find(({ type }) => type === conditionTypes.ready);
  return {
    name: metadata.name,
    ready: ready?.status,
    reason: ready?.reason,
    message: ready?.message ?? '',
    level: status?.identity?.level,
    expiresAtMs: status?.expiresAt === undefined ? Number.NaN : Date.parse(status.expiresAt),
  };
}

/** What can be told of a Secret without showing what is in it. */
export interface SecretState {
  readonly version: string;
  /** Hash of the data. */
  readonly hash: string;
  readonly type: string;
}

/** Undefined when there is no such Secret. */
export async function readSecret(
  { client }: World,
  namespace: string,
  name: string,
): Promise<SecretState | undefined> {
  const found = await client.get<KubeObject & { data?: object; type?: string }>(secrets, { namespace, name });
  if (found === undefined) return undefined;
  const hash = createHash('sha256').update(JSON.stringify(found.data)).digest('hex').slice(0, 16);
  return { version: found.metadata.resourceVersion ?? '', hash, type: found.type ?? '' };
}
