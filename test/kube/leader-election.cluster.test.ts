import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { monotonicClock } from '../../src/base/elapsed-clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { LeaderElector, LeadershipLostError } from '../../src/kube/leader-election.ts';
import type { Lease } from '../../src/kube/lease.ts';
import { leases } from '../../src/kube/object.ts';
import { kubeClient } from '../support/kube-client.ts';
import { waitFor } from '../support/wait-for.ts';

let client: KubeClient & { close(): void };

beforeAll(async () => {
  client = await kubeClient(inject('controlPlane').adminKubeconfig);
});

afterAll(() => client.close());

interface Process {
  readonly elector: LeaderElector;
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

function start(name: string, identity: string): Process {
  const elector = new LeaderElector({
    client,
    clock: systemClock,
    elapsed: monotonicClock,
    random: Math.random,
    log: silentLog,
    identity,
    namespace: 'default',
    name,
  });
  const stop = new AbortController();
  const lead = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  return { elector, stop, ended: elector.run(stop.signal, lead).catch((error: unknown) => error) };
}

const read = (name: string): Promise<Lease | undefined> =>
  client.get<Lease>(leases, { namespace: 'default', name });

test('a leader that is stopped gives the lease back, and a standby leads within three seconds', async () => {
  const name = `election-${randomUUID()}`;
  const a = start(name, 'a');
  await waitFor('a to lead', () => a.elector.isLeader());
  const b = start(name, 'b');
  const acquired = (await read(name))?.spec;
  expect(acquired).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
  await waitFor('a renewal', async () => (await read(name))?.spec?.renewTime !== acquired?.renewTime);
  expect(b.elector.isLeader()).toBe(false);

  const stoppedAt = performance.now();
  a.stop.abort();
  expect(await a.ended).toBeUndefined();
  await waitFor('b to lead', () => b.elector.isLeader());
  expect(performance.now() - stoppedAt).toBeLessThan(3_000);
  expect((await read(name))?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });

  b.stop.abort();
  await b.ended;
  expect((await read(name))?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
});

test('of ten processes that start together one leads, and it stops when its lease is given to another', async () => {
  const name = `election-${randomUUID()}`;
  const processes = Array.from({ length: 10 }, (_, i) => start(name, `p${i}`));
  await waitFor('a leader', () => processes.some((p) => p.elector.isLeader()));
  await waitFor('all to have tried', async () => {
    expect(processes.filter((p) => p.elector.isLeader())).toHaveLength(1);
    return (await read(name))?.spec?.renewTime !== (await read(name))?.spec?.acquireTime;
  });
  const leader = processes.find((p) => p.elector.isLeader());
  await client.mergePatch(leases, { namespace: 'default', name }, { spec: { holderIdentity: 'intruder' } });
  expect(await leader?.ended).toBeInstanceOf(LeadershipLostError);
  for (const p of processes) p.stop.abort();
  await Promise.all(processes.map((p) => p.ended));
  expect((await read(name))?.spec?.holderIdentity).toBe('intruder');
});
