import { leases } from '../../../src/kube/object.ts';
import type { OperatorProcess } from '../../../test/support/operator-process.ts';
import { requestRenewal, settled } from '../cluster-registry.ts';
import { atMost, exactly, type Figure, noted } from '../figures.ts';
import { leaseKey } from '../operators.ts';
import type { Row } from '../row.ts';
import { fannedOut, registry } from '../scene.ts';
import { SecretEvents } from '../secret-events.ts';
import { timeToSecret } from '../time-to-secret.ts';
import type { World } from '../world.ts';

/** A way in which a leader ends in the middle of a renewal. */
interface Ending {
  how: string;
  limitSeconds: number;
  end(leader: OperatorProcess): Promise<unknown>;
}

const endings: readonly Ending[] = [
  { how: 'killed', limitSeconds: 20, end: (leader) => leader.kill() },
  { how: 'stopped', limitSeconds: 3, end: (leader) => leader.stop() },
];

export const failover: Row = {
  name: 'failover',
  title: 'leader ends during a renewal',
  async run(world) {
    await fannedOut(world);
    const events = new SecretEvents(world.bed.client);
    await events.synced();
    const worse: string[] = [];
    events.each(({ key, now = '', before = '' }) => {
      if (now < before) worse.push(key);
    });
    const figures: Figure[] = [];
    for (const ending of endings) {
      const { how } = ending;
      figures.push(...(await world.stage(`leader ${how}`, () => endLeader(world, events, ending))));
    }
    events.stop();
    return [...figures, exactly('Secrets that expire earlier than before', worse.length, 0)];
  },
};

async function endLeader(
  world: World,
  events: SecretEvents,
  { how, limitSeconds, end }: Ending,
): Promise<Figure[]> {
  const { bed, operators } = world;
  const leader = await operators.leader();
  const standby = await operators.another();
  const { expiresAfter } = await requestRenewal(bed, registry);
  await events.nth(Math.ceil(world.targets / 4), () => true, 60_000);
  const started = performance.now();
  const ended = end(leader);
  const meanwhile = timeToSecret(bed, `after-${how}`);
  world.targets += 1;
  await newHolder(world);
  const first = await events.nth(1, () => true, 60_000);
  operators.handOver(standby);
  await settled(bed, registry, { count: world.targets, expiresAfter });
  const renewedMs = performance.now() - started;
  await ended;
  return [
    atMost(`${how}: until the next one writes`, (first.atMs - started) / 1000, limitSeconds, 's'),
    noted(`${how}: Secret of a namespace made meanwhile`, (await meanwhile) / 1000, 's'),
    noted(`${how}: until all is renewed`, renewedMs / 1000, 's'),
  ];
}

/** Resolves when the lease has changed hands. */
async function newHolder({ bed }: World): Promise<void> {
  const { namespace, name } = leaseKey;
  const options = { namespace, fieldSelector: `metadata.name=${name}`, signal: AbortSignal.timeout(60_000) };
  let before: string | undefined;
  for await (const { type, object } of bed.client.watch<Lease>(leases, options)) {
    if (type === 'BOOKMARK') continue;
    const holder = object.spec?.holderIdentity ?? '';
    before ??= holder;
    // A leader that stops leaves the lease without a holder.
    if (holder !== '' && holder !== before) return;
  }
}

interface Lease {
  metadata: { name: string };
  spec?: { holderIdentity?: string };
}
