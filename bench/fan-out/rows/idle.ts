import { sleep, systemClock } from '../../../src/base/clock.ts';
import { requestsDuring } from '../../api-requests.ts';
import { exactly } from '../figures.ts';
import { writesOf } from '../requests.ts';
import type { Row } from '../row.ts';
import { fannedOut } from '../scene.ts';

const idleMs = 120_000;
const settlingMs = 10_000;

export const idle: Row = {
  name: 'idle',
  title: 'idle for 2 minutes',
  async run(world) {
    const { bed, stage } = world;
    await fannedOut(world);
    // What came before is told of in events some seconds later.
    await stage('settling', () => sleep(systemClock, settlingMs));
    bed.aws.resetCalls();
    const requests = await requestsDuring(bed.controlPlane, () =>
      stage('idle', () => sleep(systemClock, idleMs)),
    );
    return [
      exactly('writes but the lease', writesOf(requests), 0),
      exactly('calls to AWS', bed.aws.countCalls(), 0),
    ];
  },
};
