import type { EcrPipeline, EcrPipelineSpec } from '../../../src/api/ecr-pipeline.ts';
import { targetsOf } from '../../../src/api/ecr-pipeline.ts';
import type { EcrRegistry, EcrRegistrySpec } from '../../../src/api/ecr-registry.ts';
import { stalls } from '../../../src/api/reasons.ts';
import type { IssuedAuthorization } from '../../../src/aws/token-source.ts';
import { Redacted } from '../../../src/base/redacted.ts';
import type { TargetDecision } from '../../../src/controllers/ecr-pipeline/decide.ts';
import type { TargetOutcome } from '../../../src/controllers/ecr-pipeline/status.ts';
import type { World } from '../../../src/controllers/ecr-pipeline/world.ts';
import type { SyncResult } from '../../../src/controllers/sync-secret.ts';
import { nextContent, recordsOf } from '../../../src/secrets/content.ts';
import type { ObservedSecret } from '../../../src/secrets/observed-secret.ts';
import { hour, observedSecret } from '../../secrets/fixtures.ts';
import { now, registry } from '../ecr-registry/fixtures.ts';

const account = '111122223333';
export const hostIn = (region: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`;

export function pipeline(
  spec: EcrPipelineSpec = {},
  metadata: Partial<EcrPipeline['metadata']> = {},
): EcrPipeline {
  return {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'EcrPipeline',
    metadata: { name: 'api', namespace: 'ci', uid: 'uid-api', generation: 2, ...metadata },
    spec,
  };
}

/** A registry of the name and region, whose account level is `puller`. */
export function registryIn(
  name: string,
  region: string,
  spec: Partial<EcrRegistrySpec> = {},
  metadata: Partial<EcrRegistry['metadata']> = {},
): EcrRegistry {
  const credentials = { source: 'ServiceAccount' as const, serviceAccounts: { account: 'puller' } };
  return registry({ region, credentials, ...spec }, { name, uid: `uid-${name}`, ...metadata });
}

/** A registry of the pipeline's namespace as the pipeline selects it; one that does not exist without `registry`. */
export function selected(name: string, found?: EcrRegistry): World['registries'][number] {
  const refusal = found === undefined ? stalls.registryNotFound('ci', name) : undefined;
  return { name, registry: found, refusal, identityNamespace: 'ci', isCluster: false, revoked: false };
}

const roleAnnotation = 'eks.amazonaws.com/role-arn';

/** A world in which every service account that is named exists and has a role of its own name. */
export function world(
  spec: EcrPipelineSpec = {},
  registries: readonly EcrRegistry[] = [registryIn('prod', 'eu-west-1')],
  change: Partial<World> = {},
): World {
  const owner = pipeline(spec);
  const brought = targetsOf(owner).flatMap((t) => [t.pipelineAccount, t.triggerAccount]);
  const own = registries.flatMap((r) => Object.values(r.spec.credentials.serviceAccounts ?? {}));
  const accounts = [...brought, ...own.flat()].filter((name) => name !== undefined);
  const roleOf = (name: string) => ({
    roleArn: `arn:aws:iam::${account}:role/${name}`,
    annotation: roleAnnotation,
  });
  return {
    pipeline: owner,
    settings: { runtimeServiceAccount: '', allowOperatorIdentity: false, clusterIdentityNamespace: '' },
    registries: registries.map((r) => selected(r.metadata.name, r)),
    serviceAccounts: new Map(accounts.map((name) => [`ci/${name}`, { exists: true, role: roleOf(name) }])),
    keySecrets: new Map(),
    secrets: new Map(),
    ...change,
  };
}

/** A token that AWS gave at a time; its password names the token, so that a test sees whose login is where. */
export function issued(id: string, at = now): IssuedAuthorization {
  return {
    username: 'AWS',
    password: new Redacted(id),
    issuedAtMs: at,
    expiresAtMs: at + 12 * hour,
    accountId: account,
    callerArn: undefined,
  };
}

/** What comes of a decision when AWS gives a token for all that is asked, but for those of `failures`. */
export function carriedOut(
  decision: TargetDecision,
  observed?: ObservedSecret,
  failures: SyncResult['failures'] = new Map(),
  at = now,
): TargetOutcome {
  const { plan, desired } = decision;
  if (plan.kind !== 'sync') {
    return { decision, result: { issued: new Map(), failures, write: { kind: 'none' } } };
  }
  const asked = plan.steps.filter((step) => step.kind === 'fetch').map((step) => step.token.id);
  const tokens = new Map(asked.filter((id) => !failures.has(id)).map((id) => [id, issued(id, at)]));
  const records = recordsOf(nextContent(plan.steps, tokens));
  const secret = observedSecret(desired, { ...(observed && { uid: observed.uid }), tokens: records });
  const write: SyncResult['write'] =
    tokens.size === 0
      ? { kind: 'unchanged', records }
      : { kind: 'written', created: observed === undefined, observed: secret, records };
  return { decision, result: { issued: tokens, failures, write } };
}

/** The Secret after an outcome; throws where none was written. */
export function secretAfter({ result: { write } }: TargetOutcome): ObservedSecret {
  if (write.kind !== 'written') throw new Error(`nothing was written: ${write.kind}`);
  return write.observed;
}
