import { sleep, systemClock } from '../../../src/base/clock.ts';
import { percentile } from '../../stats.ts';
import { requestRenewal, settled } from '../cluster-registry.ts';
import { atMost, type Figure, noted } from '../figures.ts';
import { lookedAt } from '../operators.ts';
import { sampleMemory } from '../process-usage.ts';
import type { Row } from '../row.ts';
import { fannedOut, foreignSecrets, registry } from '../scene.ts';
import type { World } from '../world.ts';

const limit = 120;
const restMs = 10_000;

/** Resident memory in MB. */
interface Memory {
  restarted: number;
  renewed: number;
  highest: number;
}

/** At rest, as a fresh process and as one that has renewed everything; the operator runs as in a pod. */
export const memory: Row = {
  name: 'memory',
  title: 'resident memory',
  async run(world) {
    await fannedOut(world);
    const without = await world.stage('memory without foreign Secrets', () => measure(world));
    const count = await foreignSecrets(world);
    const beside = await world.stage(`memory beside ${count} foreign Secrets`, () => measure(world));
    return [
      ...figuresOf('alone', without),
      ...figuresOf(`beside ${count} foreign Secrets`, beside),
      atMost('difference after a renewal', differenceOf(without.renewed, beside.renewed), 5, '%'),
      // A young process has not collected its garbage yet, or just has.
      noted('difference after a start', differenceOf(without.restarted, beside.restarted), '%'),
    ];
  },
};

async function measure({ bed, operators, targets }: World): Promise<Memory> {
  const { operator } = await operators.restart();
  const all = sampleMemory(operator.pid);
  await lookedAt(operator, targets);
  const restarted = await atRest(operator.pid);
  const { expiresAfter } = await requestRenewal(bed, registry);
  await settled(bed, registry, { count: targets, expiresAfter });
  const renewed = await atRest(operator.pid);
  return { restarted, renewed, highest: Math.max(...all.stop()) };
}

/** The median: a garbage collection comes when it comes. */
async function atRest(pid: number): Promise<number> {
  const sampled = sampleMemory(pid);
  await sleep(systemClock, restMs);
  return percentile(sampled.stop(), 0.5);
}

function figuresOf(where: string, { restarted, renewed, highest }: Memory): Figure[] {
  return [
    atMost(`${where}, after a start`, restarted, limit, 'MB'),
    atMost(`${where}, after a renewal`, renewed, limit, 'MB'),
    noted(`${where}, highest`, highest, 'MB'),
  ];
}

function differenceOf(a: number, b: number): number {
  return (100 * Math.abs(b - a)) / a;
}
