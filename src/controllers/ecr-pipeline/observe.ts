import { type EcrPipeline, targetsOf } from '../../api/ecr-pipeline.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { Settings } from '../registry-facts.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import { dependency } from '../view/dependents.ts';
import { selectionDependencies, selectRegistries } from './selected-registries.ts';
import { accountKey, winnerFor } from './winners.ts';
import type { SelectedRegistry, World } from './world.ts';

/** What a pipeline rests on: a change of any of them is a reason to look again. Keys are `namespace/name`. */
export interface Selection {
  registries: SelectedRegistry[];
  serviceAccounts: string[];
  keySecrets: string[];
  /** Names. */
  secrets: string[];
}

/** Reads which registries a pipeline has, and what they and its Secrets rest on. */
export function selectFor(pipeline: EcrPipeline, settings: Settings, view: ClusterView): Selection {
  const { namespace } = pipeline.metadata;
  const registries = selectRegistries(pipeline, settings, view);
  const targets = targetsOf(pipeline);
  const accounts: string[] = [];
  const keys: string[] = [];
  for (const selected of registries) {
    const { registry, identityNamespace } = selected;
    if (registry === undefined) continue;
    for (const target of targets) {
      const winner = winnerFor(registry, target, settings);
      if (winner !== undefined) accounts.push(accountKey(winner, selected, namespace));
    }
    const { accessKey } = registry.spec.credentials;
    if (accessKey !== undefined) keys.push(`${identityNamespace}/${accessKey.secretName}`);
  }
  return {
    registries,
    serviceAccounts: [...new Set(accounts)].filter(hasNamespace),
    keySecrets: [...new Set(keys)].filter(hasNamespace),
    secrets: [...new Set(targets.map((target) => target.secretName))],
  };
}

/** Where nobody said in which namespace the identities of cluster registries live, there is nothing to look at. */
function hasNamespace(key: string): boolean {
  return !key.startsWith('/');
}

export function dependenciesOf(pipeline: EcrPipeline, selection: Selection): string[] {
  const { namespace } = pipeline.metadata;
  return [
    ...selectionDependencies(pipeline),
    ...(pipeline.spec.registries === undefined
      ? selection.registries.map(({ name }) => dependency.registry(`${namespace}/${name}`))
      : []),
    ...selection.serviceAccounts.map((key) => dependency.serviceAccount(key)),
    ...selection.keySecrets.map((key) => dependency.keySecret(key)),
    ...selection.secrets.map((name) => dependency.target(`${namespace}/${name}`)),
  ];
}

/** Gathers everything that the decision about a pipeline rests on. */
export async function observe(
  pipeline: EcrPipeline,
  settings: Settings,
  view: ClusterView,
  selection: Selection,
  signal: AbortSignal,
): Promise<World> {
  const read = async <T>(
    keys: readonly string[],
    one: (key: string) => Promise<T>,
  ): Promise<Map<string, T>> =>
    new Map(await Promise.all(keys.map(async (key) => [key, await one(key)] as const)));
  const secrets = selection.secrets.flatMap((name): [string, ObservedSecret][] => {
    const secret = view.secrets.get(`${pipeline.metadata.namespace}/${name}`);
    return secret === undefined ? [] : [[name, secret]];
  });
  return {
    pipeline,
    settings,
    registries: selection.registries,
    serviceAccounts: await read(selection.serviceAccounts, (key) => view.serviceAccount(key, signal)),
    keySecrets: await read(selection.keySecrets, (key) => view.keySecretVersion(key, signal)),
    secrets: new Map(secrets),
  };
}
