import { sleep, systemClock } from '../../../src/base/clock.ts';
import { percentile } from '../../stats.ts';
import { requestRenewal, settled } from '../cluster-registry.ts';
import { below, exactly, type Figure, noted } from '../figures.ts';
import { range } from '../in-parallel.ts';
import type { Row } from '../row.ts';
import { fannedOut, registry } from '../scene.ts';
import { timeToSecret } from '../time-to-secret.ts';
import type { World } from '../world.ts';

/** One more in so many milliseconds, so that the last comes before a renewal can end. */
const spacingMs = 80;
const most = 100;

export const newNamespaces: Row = {
  name: 'new-namespaces',
  title: 'new namespace to Secret',
  async run(world) {
    await fannedOut(world);
    // The API server renews no more than a thousand in a second.
    const count = Math.min(most, Math.floor((0.8 * world.size) / spacingMs));
    return [...(await whileIdle(world, count)), ...(await duringRenewal(world, count))];
  },
};

async function whileIdle(world: World, count: number): Promise<Figure[]> {
  const times = await world.stage(`${count} new namespaces, one after the other`, async () => {
    const ms: number[] = [];
    for (const i of range(count)) ms.push(await timeToSecret(world.bed, `idle-${i}`));
    return ms;
  });
  world.targets += count;
  return figuresOf('idle', times, 1_000);
}

/** New ones come at their own pace, however long those before them take. */
async function duringRenewal(world: World, count: number): Promise<Figure[]> {
  const { bed, stage } = world;
  const { times, madeMs, endMs } = await stage(`${count} new namespaces during a renewal`, async () => {
    const { expiresAfter } = await requestRenewal(bed, registry);
    const starts: number[] = [];
    const under = range(count).map(async (i) => {
      await sleep(systemClock, i * spacingMs);
      starts.push(performance.now());
      return timeToSecret(bed, `busy-${i}`);
    });
    world.targets += count;
    await settled(bed, registry, { count: world.targets, expiresAfter });
    const end = performance.now();
    return { times: await Promise.all(under), madeMs: starts, endMs: end };
  });
  const within = madeMs.filter((ms) => ms < endMs).length;
  return [...figuresOf('during a renewal', times, 2_000), exactly('made while it ran', within, count)];
}

function figuresOf(when: string, ms: readonly number[], limitMs: number): Figure[] {
  return [
    below(`${when}, p99`, percentile(ms, 0.99), limitMs, 'ms'),
    noted(`${when}, p50`, percentile(ms, 0.5), 'ms'),
    noted(`${when}, longest`, Math.max(...ms), 'ms'),
  ];
}
