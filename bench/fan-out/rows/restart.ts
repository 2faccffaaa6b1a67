import { requestsDuring } from '../../api-requests.ts';
import { atMost, exactly, noted } from '../figures.ts';
import { lookedAt } from '../operators.ts';
import { writesOf } from '../requests.ts';
import type { Row } from '../row.ts';
import { fannedOut } from '../scene.ts';

export const restart: Row = {
  name: 'restart',
  title: 'restart with all valid',
  async run(world) {
    const { bed, operators, stage } = world;
    await fannedOut(world);
    await operators.stop();
    bed.aws.resetCalls();
    const times = { ready: Number.NaN, looked: Number.NaN };
    const requests = await requestsDuring(bed.controlPlane, () =>
      stage('restart', async () => {
        const started = performance.now();
        const { operator, readyMs } = await operators.restart();
        await lookedAt(operator, world.targets);
        times.ready = readyMs / 1000;
        times.looked = (performance.now() - started) / 1000;
      }),
    );
    return [
      atMost('ready', times.ready, 5, 's'),
      noted('every Secret looked at', times.looked, 's'),
      exactly('writes of Secrets', writesOf(requests, 'secrets'), 0),
      exactly('calls to AWS', bed.aws.countCalls(), 0),
      noted('writes of anything else', writesOf(requests), ''),
    ];
  },
};
