import { requestsDuring } from '../../api-requests.ts';
import { residentMemory } from '../../process-memory.ts';
import { requestRenewal, settled } from '../cluster-registry.ts';
import { atMost, exactly, noted, ofCeiling } from '../figures.ts';
import { processorSeconds } from '../process-usage.ts';
import { writesOf } from '../requests.ts';
import type { Row } from '../row.ts';
import { fannedOut, plainCopies, plainCreates, registry } from '../scene.ts';
import type { World } from '../world.ts';

/** A renewal that is asked for: the tokens at hand are good for twelve hours. */
export const renewal: Row = {
  name: 'renewal',
  title: 'renewal',
  async run(world) {
    await plainCreates(world);
    await fannedOut(world);
    const { bed, targets, stage } = world;
    const copies = await plainCopies(world);
    const before = await stage('plain patches', () => copies.patchAll('first'));
    const { pid } = await world.operators.leader();
    const busyBefore = processorSeconds(pid);
    bed.aws.resetCalls();
    let seconds = Number.NaN;
    const requests = await requestsDuring(bed.controlPlane, async () => {
      seconds = await stage('renewal', () => renew(world));
    });
    const busy = processorSeconds(pid) - busyBefore;
    const calls = {
      sts: bed.aws.countCalls({ service: 'sts' }),
      ecr: bed.aws.countCalls({ service: 'ecr' }),
    };
    const after = await stage('plain patches again', () => copies.patchAll('first'));
    await stage('plain Secrets deleted', () => copies.deleteAll());
    return [
      ofCeiling('Secrets patched', targets / seconds, (before + after) / 2, 0.7),
      noted('time for all', seconds, 's'),
      noted('processor time of the operator', busy, 's'),
      exactly('writes of Secrets', writesOf(requests, 'secrets'), targets),
      // The session from the time before still lives.
      atMost('STS calls', calls.sts, 1, ''),
      exactly('ECR calls', calls.ecr, 1),
      noted('writes of anything else', writesOf(requests) - writesOf(requests, 'secrets'), ''),
      noted('resident memory after it', residentMemory(pid).rss, 'MB'),
    ];
  },
};

/** Seconds from the request to the last Secret. */
async function renew({ bed, targets }: World): Promise<number> {
  const { expiresAfter, atMs } = await requestRenewal(bed, registry);
  await settled(bed, registry, { count: targets, expiresAfter });
  return (performance.now() - atMs) / 1000;
}
