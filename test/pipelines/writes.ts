import type { Fixture } from '../operator/fixture.ts';
import { operatorWrites } from '../operator/operator-writes.ts';
import { waitFor } from '../support/wait-for.ts';
import { createPipeline, pipelineNotReady } from './pipelines.ts';

let markers = 0;

/**
 * What the operator writes while `during` runs, and the answer of `during`. A pipeline that cannot become ready is made at
 * the end: the audit log is in order, so once it shows the status of that one it shows all writes before it.
 */
export async function writesDuring(f: Fixture, during: () => Promise<unknown>): Promise<string[]> {
  const before = (await operatorWrites(f)).length;
  await during();
  const marker = `marker-${(markers += 1)}`;
  await createPipeline(f, marker, { registries: [{ name: 'no-such-registry' }] });
  await pipelineNotReady(f, marker, 'RegistryNotFound');
  return waitFor('the marker in the audit log', async () => {
    const writes = (await operatorWrites(f)).slice(before);
    return writes.at(-1) === `patch ecrpipelines/status ${marker}` && writes.slice(0, -1);
  });
}
