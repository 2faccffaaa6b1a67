import { type EcrPipeline, targetsOf } from '../../api/ecr-pipeline.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import { dependency } from '../view/dependents.ts';
import type { Settings } from '../registry-facts.ts';
import { winnerFor } from './winners.ts';
import type { SelectedRegistry, World } from './world.ts';

/** What a pipeline rests on: a change of any of them is a reason to look again. */
export interface Selection {
  registries: SelectedRegistry[];
  /** Names. */
  serviceAccounts: string[];
  keySecrets: string[];
  secrets: string[];
}

/** Reads which registries a pipeline has, and what they and its Secrets rest on. */
export function selectFor(pipeline: EcrPipeline, settings: Settings, view: ClusterView): Selection {
  const registries = selectRegistries(pipeline, view);
  const targets = targetsOf(pipeline);
  const known = registries.flatMap(({ registry }) => registry ?? []);
  const accounts = known.flatMap((registry) =>
    targets.map((target) => winnerFor(registry, target, settings)?.serviceAccount ?? ''),
  );
  return {
    registries,
    serviceAccounts: unique(accounts),
    keySecrets: unique(known.map(({ spec }) => spec.credentials.accessKey?.secretName ?? '')),
    secrets: unique(targets.map((target) => target.secretName)),
  };
}

export function dependenciesOf({ metadata, spec }: EcrPipeline, selection: Selection): string[] {
  const inNamespace = (name: string): string => `${metadata.namespace}/${name}`;
  return [
    ...(spec.registries === undefined ? [dependency.registriesOf(metadata.namespace)] : []),
    ...selection.registries.map(({ name }) => dependency.registry(inNamespace(name))),
    ...selection.serviceAccounts.map((name) => dependency.serviceAccount(inNamespace(name))),
    ...selection.keySecrets.map((name) => dependency.keySecret(inNamespace(name))),
    ...selection.secrets.map((name) => dependency.target(inNamespace(name))),
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
  const inNamespace = (name: string): string => `${pipeline.metadata.namespace}/${name}`;
  const read = async <T>(
    names: readonly string[],
    one: (key: string) => Promise<T>,
  ): Promise<Map<string, T>> =>
    new Map(await Promise.all(names.map(async (name) => [name, await one(inNamespace(name))] as const)));
  const secrets = selection.secrets.flatMap((name): [string, ObservedSecret][] => {
    const secret = view.secrets.get(inNamespace(name));
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

function selectRegistries({ metadata, spec }: EcrPipeline, view: ClusterView): SelectedRegistry[] {
  if (spec.registries !== undefined) {
    return spec.registries.map(({ name }) => ({
      name,
      registry: existing(view, `${metadata.namespace}/${name}`),
    }));
  }
  const names = view.registries.namesIn(metadata.namespace);
  return names.map((name) => ({ name, registry: existing(view, `${metadata.namespace}/${name}`) }));
}

function existing(view: ClusterView, key: string): SelectedRegistry['registry'] {
  const registry = view.registries.get(key);
  return registry?.metadata.deletionTimestamp === undefined ? registry : undefined;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '');
}
