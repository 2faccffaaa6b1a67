import type { Condition } from '../../src/api/conditions.ts';
import type { EcrPipeline } from '../../src/api/ecr-pipeline.ts';
import type { EcrRegistry } from '../../src/api/ecr-registry.ts';
import type { Subject } from '../../src/cli/kinds.ts';

export const now = Date.parse('2026-01-01T12:00:00Z');

const metadata = { namespace: 'ci', uid: 'u1', generation: 1, creationTimestamp: '2026-01-01T11:00:00Z' };

export function condition(status: Condition['status'], reason: string, message = 'a message'): Condition {
  return { type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-01T11:57:00Z' };
}

/** A registry as the API server returns it. */
export function registrySubject(
  spec: object = {},
  status?: EcrRegistry['status'],
  more: object = {},
): Extract<Subject, { kind: 'EcrRegistry' }> {
  const object = {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'EcrRegistry',
    metadata: { ...metadata, name: 'prod', ...more },
    spec: { region: 'eu-west-1', secret: {}, credentials: { source: 'ServiceAccount' }, ...spec },
    ...(status === undefined ? {} : { status }),
  };
  return { kind: 'EcrRegistry', object: object as EcrRegistry };
}

export function pipelineSubject(
  spec: object = {},
  status?: EcrPipeline['status'],
): Extract<Subject, { kind: 'EcrPipeline' }> {
  const object = {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'EcrPipeline',
    metadata: { ...metadata, name: 'api' },
    spec,
    ...(status === undefined ? {} : { status }),
  };
  return { kind: 'EcrPipeline', object };
}
