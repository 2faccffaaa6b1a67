import type { z } from 'zod';
import { type EcrPipeline, ecrPipelines, type PipelineSecretStatus } from '../../src/api/ecr-pipeline.ts';
import type * as schema from '../../src/api/ecr-pipeline.schema.ts';
import type { Condition } from '../../src/api/conditions.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Fixture } from '../operator/fixture.ts';

/** A spec as a user writes it. */
export type PipelineSpec = z.input<typeof schema.ecrPipeline>['spec'];

export async function createPipeline(
  { client, namespace }: Fixture,
  name: string,
  spec: PipelineSpec = {},
): Promise<EcrPipeline> {
  return client.create(ecrPipelines, { metadata: { namespace, name }, spec } as unknown as EcrPipeline);
}

/** Merge patch of the spec: null removes a field, a list replaces the whole list. */
export async function patchPipeline(
  { client, namespace }: Fixture,
  name: string,
  spec: object,
): Promise<void> {
  await client.mergePatch(ecrPipelines, { namespace, name }, { spec });
}

export async function annotatePipeline(
  { client, namespace }: Fixture,
  name: string,
  annotations: Record<string, string>,
): Promise<void> {
  await client.mergePatch(ecrPipelines, { namespace, name }, { metadata: { annotations } });
}

export async function deletePipeline({ client, namespace }: Fixture, name: string): Promise<void> {
  await client.delete(ecrPipelines, { namespace, name });
}

async function getPipeline({ client, namespace }: Fixture, name: string): Promise<EcrPipeline> {
  const pipeline = await client.get<EcrPipeline>(ecrPipelines, { namespace, name });
  if (pipeline === undefined) throw new Error(`there is no EcrPipeline ${name}`);
  return pipeline;
}

/** Waits until the status speaks of the newest spec and the condition Ready passes `check`. */
export async function pipelineWhere(
  f: Fixture,
  name: string,
  what: string,
  check: (ready: Condition, pipeline: EcrPipeline) => boolean,
): Promise<EcrPipeline> {
  const probe = async (): Promise<EcrPipeline> => {
    const pipeline = await getPipeline(f, name);
    const ready = pipeline.status?.conditions?.find(({ type }) => type === 'Ready');
    const current = ready?.observedGeneration === pipeline.metadata.generation;
    if (ready !== undefined && current && check(ready, pipeline)) return pipeline;
    throw new Error(`the condition is ${JSON.stringify(ready)}`);
  };
  return waitFor(`EcrPipeline ${name} to be ${what}`, probe, { everyMs: 40 });
}

export function pipelineReady(f: Fixture, name: string): Promise<EcrPipeline> {
  return pipelineWhere(f, name, 'Ready', ({ status }) => status === 'True');
}

/** Waits until Ready is False for this reason; gives the message. */
export async function pipelineNotReady(f: Fixture, name: string, reason: string): Promise<string> {
  let message = '';
  await pipelineWhere(f, name, `False with reason ${reason}`, (ready) => {
    message = ready.message;
    return ready.status === 'False' && ready.reason === reason;
  });
  return message;
}

/** Waits until one Secret of a pipeline is ready, whatever the others are; gives what the status says of it. */
export async function secretReady(
  f: Fixture,
  name: string,
  secretName: string,
): Promise<PipelineSecretStatus> {
  const isReady = (pipeline: EcrPipeline): boolean =>
    pipeline.status?.secrets?.some((secret) => secret.secretName === secretName && secret.ready) === true;
  const what = `ready as to Secret ${secretName}`;
  const pipeline = await pipelineWhere(f, name, what, (_condition, found) => isReady(found));
  return statusOfSecret(pipeline, secretName);
}

/** What the status says of a Secret. */
export function statusOfSecret({ status }: EcrPipeline, secretName: string): PipelineSecretStatus {
  const found = status?.secrets?.find((secret) => secret.secretName === secretName);
  if (found === undefined) throw new Error(`the status has no Secret ${secretName}`);
  return found;
}
