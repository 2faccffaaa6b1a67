import { type Lookups, observeRegistry } from '../../controllers/observe-registry.ts';
import type { AnyRegistry } from '../../controllers/registry-facts.ts';
import { legsOfRegistry } from '../../controllers/verification/registry-legs.ts';
import { roleOfServiceAccount } from '../../identity/service-account-role.ts';
import { type KubeObject, parseKey, secrets, serviceAccounts } from '../../kube/object.ts';
import type { Subject } from '../kinds.ts';
import { pipelinePlan } from './draft-pipeline.ts';
import { type DraftPlan, draftSettings, onlyOperator, type Reader, runtimeLevel } from './draft-plan.ts';

/**
 * The stages of an object that is not saved, from what the cluster is now as far as the caller may read it. `named` is the
 * namespace of the command line, where a cluster registry has its service accounts: only the operator knows which it is.
 */
export async function draftLegs(
  subject: Subject,
  named: string | undefined,
  client: Reader,
  signal: AbortSignal,
): Promise<DraftPlan> {
  const lookups = lookupsOf(client);
  if (subject.kind === 'EcrPipeline') return pipelinePlan(subject.object, client, lookups, signal);
  const where = subject.kind === 'EcrRegistry' ? subject.object.metadata.namespace : named;
  return registryPlan(subject.object, where, lookups, signal);
}

async function registryPlan(
  registry: AnyRegistry,
  identityNamespace: string | undefined,
  lookups: Lookups,
  signal: AbortSignal,
): Promise<DraftPlan> {
  const problem = onlyOperator(registry);
  if (problem !== undefined) return nothing(problem);
  if (identityNamespace === undefined) return nothing(unknownNamespace);
  const where = { identityNamespace, mayUseOperatorIdentity: false };
  const facts = await observeRegistry(registry, where, draftSettings, lookups, signal);
  if (facts.winner === undefined && registry.spec.credentials.source === 'ServiceAccount')
    return nothing(runtimeLevel);
  return { legs: legsOfRegistry(facts), notChecked: [] };
}

const unknownNamespace =
  'the identity, which is in a namespace that only the operator knows (name it with --namespace)';

function nothing(what: string): DraftPlan {
  return { legs: [], notChecked: [what] };
}

function lookupsOf(client: Reader): Lookups {
  return {
    async serviceAccount(key, signal) {
      const found = await client.get<KubeObject>(serviceAccounts, parseKey(key), {
        metadataOnly: true,
        signal,
      });
      return { exists: found !== undefined, role: roleOfServiceAccount(found?.metadata.annotations) };
    },
    async keySecretVersion(key, signal) {
      const found = await client.get<KubeObject>(secrets, parseKey(key), { metadataOnly: true, signal });
      return found?.metadata.resourceVersion;
    },
  };
}
