import { type EcrPipeline, targetsOf } from '../../api/ecr-pipeline.ts';
import { ecrRegistries, type EcrRegistry } from '../../api/ecr-registry.ts';
import { stalls } from '../../api/reasons.ts';
import { accountKey, type Use, winnerFor } from '../../controllers/ecr-pipeline/winners.ts';
import type { SelectedRegistry, World } from '../../controllers/ecr-pipeline/world.ts';
import type { Lookups } from '../../controllers/observe-registry.ts';
import { legsOfPipeline } from '../../controllers/verification/pipeline-legs.ts';
import { type DraftPlan, draftSettings, onlyOperator, type Reader, runtimeLevel } from './draft-plan.ts';

/** The stages of a pipeline that is not saved: of those registries that others than the operator can log in to. */
export async function pipelinePlan(
  pipeline: EcrPipeline,
  client: Reader,
  lookups: Lookups,
  signal: AbortSignal,
): Promise<DraftPlan> {
  const all = await selectedRegistries(pipeline, client, signal);
  const world = await readWorld(pipeline, all, lookups, signal);
  const notChecked = new Set<string>();
  const legs = legsOfPipeline(world, (use) => {
    const why = onlyForOperator(use, all);
    if (why !== undefined) notChecked.add(why);
    return why !== undefined;
  });
  return { legs, notChecked: [...notChecked] };
}

/** What the caller cannot try of a use, in words; undefined where there is nothing of that. */
function onlyForOperator(
  { registry: name, winner }: Use,
  all: readonly SelectedRegistry[],
): string | undefined {
  const found = all.find((one) => one.name === name);
  const login = `the login to registry ${name}`;
  if (found?.isCluster === true) return login;
  if (found?.registry === undefined) return undefined;
  if (onlyOperator(found.registry) !== undefined) return login;
  const { source } = found.registry.spec.credentials;
  return winner === undefined && source === 'ServiceAccount' ? `${login}: ${runtimeLevel}` : undefined;
}

async function readWorld(
  pipeline: EcrPipeline,
  registries: readonly SelectedRegistry[],
  lookups: Lookups,
  signal: AbortSignal,
): Promise<World> {
  const { namespace } = pipeline.metadata;
  const accounts = registries.flatMap((one) =>
    targetsOf(pipeline).flatMap((target) => {
      const winner = one.registry && winnerFor(one.registry, target, draftSettings);
      return winner === undefined ? [] : [accountKey(winner, one, namespace)];
    }),
  );
  const keySecrets = registries.flatMap(({ registry }) => {
    const name = registry?.spec.credentials.accessKey?.secretName;
    return name === undefined ? [] : [`${namespace}/${name}`];
  });
  return {
    pipeline,
    settings: draftSettings,
    registries,
    serviceAccounts: await readEach(accounts, (key) => lookups.serviceAccount(key, signal)),
    keySecrets: await readEach(keySecrets, (key) => lookups.keySecretVersion(key, signal)),
    secrets: new Map(),
  };
}

async function readEach<T>(
  keys: readonly string[],
  one: (key: string) => Promise<T>,
): Promise<Map<string, T>> {
  return new Map(await Promise.all([...new Set(keys)].map(async (key) => [key, await one(key)] as const)));
}

async function selectedRegistries(
  { metadata: { namespace }, spec }: EcrPipeline,
  client: Reader,
  signal: AbortSignal,
): Promise<SelectedRegistry[]> {
  const entry = (name: string, registry: EcrRegistry | undefined, isCluster = false): SelectedRegistry => ({
    name,
    registry,
    refusal: registry === undefined ? stalls.registryNotFound(namespace, name) : undefined,
    identityNamespace: namespace,
    isCluster,
    revoked: false,
  });
  if (spec.registries === undefined) {
    const { items } = await client.list<EcrRegistry>(ecrRegistries, { namespace, signal });
    return items.map((registry) => entry(registry.metadata.name, registry));
  }
  return Promise.all(
    spec.registries.map(async ({ kind, name }) => {
      if (kind !== ecrRegistries.kind) return entry(`${kind}/${name}`, undefined, true);
      return entry(name, await client.get<EcrRegistry>(ecrRegistries, { namespace, name }, { signal }));
    }),
  );
}
