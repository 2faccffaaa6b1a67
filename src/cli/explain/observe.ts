import { clusterEcrRegistries, type ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { targetsOf } from '../../api/ecr-pipeline.ts';
import { ecrRegistries, type EcrRegistry, secretNameOf } from '../../api/ecr-registry.ts';
import { annotations } from '../../api/names.ts';
import { roleOfServiceAccount } from '../../identity/service-account-role.ts';
import { type KubeObject, type ResourceType, secrets, serviceAccounts } from '../../kube/object.ts';
import { parseTokenRecords } from '../../secrets/token-records.ts';
import type { Connection } from '../connection.ts';
import type { Subject } from '../kinds.ts';
import type { AccountFact, Facts, RegistryFact, SecretFact } from './facts.ts';
import { look, type Looked } from './looked.ts';
import { readWarnings } from './warnings.ts';

/** Reads what an explanation rests on, as far as the person may. Never the data of a Secret. */
export async function observe(subject: Subject, cluster: Connection): Promise<Facts> {
  const registries = await readRegistries(subject, cluster);
  const [accounts, seenSecrets, warnings] = await Promise.all([
    readAll(serviceAccounts, accountNames(subject, registries), cluster, subject, accountFact),
    readAll(secrets, secretNames(subject, registries), cluster, subject, secretFact),
    readWarnings(subject.object, cluster),
  ]);
  return { subject, registries, accounts, secrets: seenSecrets, warnings };
}

async function readRegistries(subject: Subject, cluster: Connection): Promise<RegistryFact[]> {
  if (subject.kind !== 'EcrPipeline') return [];
  const { metadata, spec, status } = subject.object;
  const { namespace } = metadata;
  if (spec.registries !== undefined)
    return Promise.all(spec.registries.map((reference) => readNamed(reference, namespace, cluster)));
  const { client, signal } = cluster;
  const all = await look(client.list<EcrRegistry>(ecrRegistries, { namespace, signal }));
  if (!all.seen) {
    // The operator lists what it uses.
    const used = status?.secrets?.flatMap(({ winners }) => winners ?? []) ?? [];
    const names = new Set(used.map(({ registry }) => registry));
    return [...names].map((name) => ({ name, isCluster: false, registry: all }));
  }
  return (all.value?.items ?? []).map((value) => ({
    name: value.metadata.name,
    isCluster: false,
    registry: { seen: true, value },
  }));
}

async function readNamed(
  { kind, name }: { readonly kind?: string; readonly name: string },
  namespace: string,
  { client, signal }: Connection,
): Promise<RegistryFact> {
  if (kind !== clusterEcrRegistries.kind) {
    const registry = await look(client.get<EcrRegistry>(ecrRegistries, { namespace, name }, { signal }));
    return { name, isCluster: false, registry };
  }
  const registry = await look(client.get<ClusterEcrRegistry>(clusterEcrRegistries, { name }, { signal }));
  return { name: `${kind}/${name}`, isCluster: true, registry };
}

/** The registries of a pipeline whose service accounts and keys live beside it. */
function besideIt(registries: readonly RegistryFact[]): Pick<EcrRegistry, 'spec'>[] {
  return registries.flatMap(({ isCluster, registry }) =>
    !isCluster && registry.seen && registry.value ? [registry.value] : [],
  );
}

/** Every service account that a level names; one that only the operator's flag names stands in the status. */
function accountNames(subject: Subject, registries: readonly RegistryFact[]): string[] {
  if (subject.kind === 'ClusterEcrRegistry') return [];
  if (subject.kind === 'EcrRegistry')
    return [...namedBy(subject.object), subject.object.status?.identity?.serviceAccount ?? ''];
  const ofCluster = new Set(registries.filter(({ isCluster }) => isCluster).map(({ name }) => name));
  const winners = (subject.object.status?.secrets ?? [])
    .flatMap((secret) => secret.winners ?? [])
    .filter(({ registry }) => !ofCluster.has(registry));
  return [
    ...besideIt(registries).flatMap(namedBy),
    ...targetsOf(subject.object).flatMap((target) => [
      target.pipelineAccount ?? '',
      target.triggerAccount ?? '',
    ]),
    ...winners.map(({ serviceAccount }) => serviceAccount ?? ''),
  ];
}

function namedBy({ spec: { credentials } }: Pick<EcrRegistry, 'spec'>): string[] {
  const { runtime, account } = credentials.serviceAccounts ?? {};
  return [runtime ?? '', account ?? ''];
}

function secretNames(subject: Subject, registries: readonly RegistryFact[]): string[] {
  if (subject.kind === 'ClusterEcrRegistry') return [];
  const keysOf = ({ spec }: Pick<EcrRegistry, 'spec'>): string =>
    spec.credentials.accessKey?.secretName ?? '';
  if (subject.kind === 'EcrRegistry') return [secretNameOf(subject.object), keysOf(subject.object)];
  return [
    ...targetsOf(subject.object).map(({ secretName }) => secretName),
    ...besideIt(registries).map(keysOf),
  ];
}

async function readAll<T>(
  type: ResourceType,
  names: readonly string[],
  { client, signal }: Connection,
  { object }: Subject,
  factOf: (found: KubeObject) => T,
): Promise<Map<string, Looked<T>>> {
  const { namespace = '' } = object.metadata as { namespace?: string };
  const unique = [...new Set(names.filter((name) => name !== ''))];
  const read = async (name: string): Promise<T | undefined> => {
    const found = await client.get<KubeObject>(type, { namespace, name }, { metadataOnly: true, signal });
    return found && factOf(found);
  };
  return new Map(await Promise.all(unique.map(async (name) => [name, await look(read(name))] as const)));
}

function accountFact({ metadata }: KubeObject): AccountFact {
  return { role: roleOfServiceAccount(metadata.annotations) };
}

function secretFact({ metadata }: KubeObject): SecretFact {
  const records = Object.values(parseTokenRecords(metadata.annotations?.[annotations.tokens]));
  return {
    ownerUid: metadata.annotations?.[annotations.ownerUid],
    deleting: metadata.deletionTimestamp !== undefined,
    hosts: records.flatMap(({ hosts }) => hosts).toSorted(),
  };
}
