import type { EcrRegistry } from '../../api/ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { resolveWinner } from '../../identity/levels.ts';
import type { ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { Settings, World } from './world.ts';

/** Where the facts about a registry come from. */
export interface Sources {
  settings: Settings;
  registry(key: string): EcrRegistry | undefined;
  secret(key: string): ObservedSecret | undefined;
  serviceAccount(
    key: string,
    signal: AbortSignal,
  ): Promise<{ exists: boolean; role: ServiceAccountRole | undefined }>;
  /** Changes with the content of a Secret; undefined when there is no such Secret. */
  keySecretVersion(key: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Names of what a registry rests on, for `Dependents`. */
export const dependency = {
  serviceAccount: (key: string): string => `serviceaccount ${key}`,
  keySecret: (key: string): string => `secret ${key}`,
  secret: (key: string): string => `target ${key}`,
} as const;

/** What a registry rests on: a change of any of them is a reason to look again. Known before anything is read. */
export function dependenciesOf(registry: EcrRegistry, settings: Settings): string[] {
  const { namespace } = registry.metadata;
  const { credentials } = registry.spec;
  const winner = winnerOf(registry, settings);
  const keySecret = credentials.source === 'AccessKey' ? credentials.accessKey?.secretName : undefined;
  return [
    dependency.secret(`${namespace}/${secretNameOf(registry)}`),
    ...(winner === undefined ? [] : [dependency.serviceAccount(`${namespace}/${winner.serviceAccount}`)]),
    ...(keySecret === undefined ? [] : [dependency.keySecret(`${namespace}/${keySecret}`)]),
  ];
}

/** Gathers everything that the decision about a registry rests on; undefined when the registry is gone. */
export async function observe(
  key: string,
  sources: Sources,
  signal: AbortSignal,
): Promise<World | undefined> {
  const registry = sources.registry(key);
  if (registry === undefined) return undefined;
  const { settings } = sources;
  return {
    registry,
    settings,
    winner: await observeWinner(registry, sources, signal),
    accessKey: await observeAccessKey(registry, sources, signal),
    secret: sources.secret(`${registry.metadata.namespace}/${secretNameOf(registry)}`),
  };
}

function winnerOf({ spec }: EcrRegistry, settings: Settings): ReturnType<typeof resolveWinner> {
  if (spec.credentials.source !== 'ServiceAccount') return undefined;
  const { runtime, account } = spec.credentials.serviceAccounts ?? {};
  return resolveWinner({ runtime: runtime || settings.runtimeServiceAccount, account });
}

async function observeWinner(
  registry: EcrRegistry,
  sources: Sources,
  signal: AbortSignal,
): Promise<World['winner']> {
  const winner = winnerOf(registry, sources.settings);
  if (winner === undefined) return undefined;
  const { level, serviceAccount: name } = winner;
  return { level, name, ...(await sources.serviceAccount(`${registry.metadata.namespace}/${name}`, signal)) };
}

async function observeAccessKey(
  registry: EcrRegistry,
  sources: Sources,
  signal: AbortSignal,
): Promise<World['accessKey']> {
  const { source, accessKey } = registry.spec.credentials;
  if (source !== 'AccessKey' || accessKey === undefined) return undefined;
  const { secretName } = accessKey;
  const version = await sources.keySecretVersion(`${registry.metadata.namespace}/${secretName}`, signal);
  return { secretName, version };
}
