import type { z } from 'zod';
import type * as schema from './ecr-pipeline.schema.ts';
import type { EcrRegistry } from './ecr-registry.ts';
import { apiVersion } from './names.ts';

type Schema = z.infer<typeof schema.ecrPipeline>;
export type EcrPipelineSpec = Schema['spec'];
export type EcrPipelineStatus = NonNullable<Schema['status']>;
export type PipelineSecretStatus = NonNullable<EcrPipelineStatus['secrets']>[number];

/** An EcrPipeline as the API server returns it: defaults are filled in. */
export interface EcrPipeline extends Pick<EcrRegistry, 'apiVersion' | 'kind' | 'metadata'> {
  spec: EcrPipelineSpec;
  status?: EcrPipelineStatus;
}

export const ecrPipelines = {
  apiVersion,
  kind: 'EcrPipeline',
  plural: 'ecrpipelines',
  namespaced: true,
} as const;

/** A Secret that a pipeline keeps: its own, or the one of a trigger. */
export interface PipelineTarget {
  /** Absent: the pipeline itself. */
  trigger: string | undefined;
  secretName: string;
  /** What the levels pipeline and trigger name. */
  pipelineAccount: string | undefined;
  triggerAccount: string | undefined;
}

/** The Secrets of a pipeline. A pipeline is a DNS label and has no dot, so the names of two pipelines never meet. */
export function targetsOf({ metadata, spec }: EcrPipeline): PipelineTarget[] {
  const { name } = metadata;
  const pipelineAccount = spec.serviceAccount;
  const own = {
    trigger: undefined,
    secretName: spec.secretName ?? `${name}-ecr`,
    pipelineAccount,
    triggerAccount: undefined,
  };
  const triggers = (spec.triggers ?? []).map((trigger) => ({
    trigger: trigger.name,
    secretName: trigger.secretName ?? `${name}.${trigger.name}-ecr`,
    pipelineAccount,
    triggerAccount: trigger.serviceAccount,
  }));
  return [own, ...triggers];
}
