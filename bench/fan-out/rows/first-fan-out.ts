import { requestsDuring } from '../../api-requests.ts';
import { exactly, noted, ofCeiling } from '../figures.ts';
import { processorSeconds } from '../process-usage.ts';
import { writesOf } from '../requests.ts';
import type { Row } from '../row.ts';
import { fannedOut, plainCopies, plainCreates, teams } from '../scene.ts';

/** Before and after it the API server's own speed, as that changes with what it holds and with who else works. */
export const firstFanOut: Row = {
  name: 'fan-out',
  title: 'first fan-out',
  async run(world) {
    const { bed, size, stage, operators } = world;
    await teams(world);
    const before = await plainCreates(world);
    const { pid } = await operators.leader();
    const busyBefore = processorSeconds(pid);
    bed.aws.resetCalls();
    let seconds = Number.NaN;
    const requests = await requestsDuring(bed.controlPlane, async () => {
      seconds = await fannedOut(world);
    });
    const busy = processorSeconds(pid) - busyBefore;
    const calls = {
      sts: bed.aws.countCalls({ service: 'sts' }),
      ecr: bed.aws.countCalls({ service: 'ecr' }),
    };
    const copies = await plainCopies(world);
    const after = await stage('plain creates again', () => copies.createAll('second'));
    return [
      ofCeiling('Secrets created', size / seconds, (before + after) / 2, 0.7),
      noted('time for all', seconds, 's'),
      noted('processor time of the operator', busy, 's'),
      exactly('writes of Secrets', writesOf(requests, 'secrets'), size),
      exactly('STS calls', calls.sts, 1),
      exactly('ECR calls', calls.ecr, 1),
      noted('writes of anything else', writesOf(requests) - writesOf(requests, 'secrets'), ''),
    ];
  },
};
