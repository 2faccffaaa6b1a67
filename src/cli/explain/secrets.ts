import type { ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { type EcrPipeline, type PipelineTarget, targetsOf } from '../../api/ecr-pipeline.ts';
import { type EcrRegistry, type EcrRegistryStatus, secretNameOf } from '../../api/ecr-registry.ts';
import type { SecretExplanation, SecretState } from './explanation.ts';
import type { Facts, SecretFact } from './facts.ts';
import type { Looked } from './looked.ts';
import { loginOfRegistry, loginOfTarget } from './logins.ts';

/** Every Secret that the object keeps, as it should be and as it is. */
export function explainSecrets(facts: Facts): SecretExplanation[] {
  const { subject } = facts;
  switch (subject.kind) {
    case 'EcrRegistry':
      return [ofRegistry(subject.object, facts)];
    case 'EcrPipeline':
      return targetsOf(subject.object).map((target) => ofTarget(subject.object, target, facts));
    case 'ClusterEcrRegistry':
      return [ofClusterRegistry(subject.object)];
  }
}

function ofRegistry({ metadata, spec, status }: EcrRegistry, facts: Facts): SecretExplanation {
  const name = secretNameOf({ metadata, spec });
  const looked = facts.secrets.get(name);
  return {
    name,
    state: stateOf(looked, metadata.uid),
    hosts: hostsIn(looked) ?? hostsOf(status),
    ...times(status),
    logins: [loginOfRegistry(metadata.name, spec, status?.identity, facts)],
  };
}

function ofTarget(pipeline: EcrPipeline, target: PipelineTarget, facts: Facts): SecretExplanation {
  const { secretName: name, trigger } = target;
  const said = pipeline.status?.secrets?.find((secret) => secret.secretName === name);
  const looked = facts.secrets.get(name);
  const winnerOf = (registry: string) => said?.winners?.find((winner) => winner.registry === registry);
  return {
    name,
    ...(trigger === undefined ? {} : { trigger }),
    state: stateOf(looked, pipeline.metadata.uid),
    ...(said?.message === undefined ? {} : { problem: `${said.reason ?? 'Unknown'}: ${said.message}` }),
    hosts: hostsIn(looked) ?? [],
    ...times(said),
    logins: facts.registries.map((fact) => loginOfTarget(fact, target, winnerOf(fact.name), facts)),
  };
}

/** One Secret in each of many namespaces: the operator counts them, nobody else needs to look at them all. */
function ofClusterRegistry({ metadata, spec, status }: ClusterEcrRegistry): SecretExplanation {
  const [first] = status?.failures ?? [];
  return {
    name: secretNameOf({ metadata, spec }),
    state: 'unknown',
    targets: status?.targets ?? { desired: 0, ready: 0, failed: 0 },
    ...(first === undefined
      ? {}
      : { problem: `in namespace ${first.namespace}: ${first.reason}: ${first.message ?? ''}` }),
    hosts: hostsOf(status),
    ...times(status),
    logins: [loginOfRegistry(metadata.name, spec, status?.identity, undefined)],
  };
}

function stateOf(looked: Looked<SecretFact> | undefined, uid: string): SecretState {
  if (looked?.seen !== true) return 'unknown';
  if (looked.value === undefined) return 'missing';
  if (looked.value.ownerUid !== uid) return 'foreign';
  return looked.value.deleting ? 'deleting' : 'exists';
}

function hostsIn(looked: Looked<SecretFact> | undefined): readonly string[] | undefined {
  return looked?.seen === true ? (looked.value?.hosts ?? []) : undefined;
}

function hostsOf(status: Pick<EcrRegistryStatus, 'registries'> | undefined): string[] {
  return status?.registries?.map(({ host }) => host) ?? [];
}

function times(
  status: Pick<EcrRegistryStatus, 'expiresAt' | 'refreshAt'> | undefined,
): Pick<SecretExplanation, 'expiresAt' | 'refreshAt'> {
  const { expiresAt, refreshAt } = status ?? {};
  return {
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(refreshAt === undefined ? {} : { refreshAt }),
  };
}
