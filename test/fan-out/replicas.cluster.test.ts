import { afterEach, beforeAll, expect, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { type KubeObject, secrets } from '../../src/kube/object.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { waitFor } from '../support/wait-for.ts';
import { leaseHolders } from './leases.ts';
import {
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  fannedOut,
  secretWrites,
} from './fixture.ts';

const count = 500;
const f = await createClusterFixture();
const replica = (id: string): Promise<OperatorProcess> =>
  f.startClusterOperator([
    '--leader-elect=true',
    `--leader-election-namespace=${f.namespace}`,
    `--leader-election-id=${id}`,
  ]);
let running: OperatorProcess[] = [];

beforeAll(async () => {
  await f.puller('puller');
  await createNamespaces(f, 'team', count, { team: 'yes' });
  await createClusterRegistry(f, 'shared', { namespaceSelector: { matchLabels: { team: 'yes' } } });
});

afterEach(async () => {
  await Promise.all(running.filter((o) => o.running).map((o) => o.stop()));
  running = [];
});

/** `<namespace>` -> when the login of the Secret expires. */
async function expiries(): Promise<Map<string, string>> {
  const { items } = await f.client.list<KubeObject>(secrets);
  return new Map(
    items.map(({ metadata }) => [
      metadata.namespace ?? '',
      metadata.annotations?.[annotations.expiresAt] ?? '',
    ]),
  );
}

let extra = 0;
/** Makes a namespace, and waits until somebody has acted on it. */
async function someoneActs(timeoutMs: number): Promise<void> {
  extra++;
  await createNamespaces(f, `team-more-${extra}`, 1, { team: 'yes' });
  await fannedOut(f, 'shared', count + extra, timeoutMs);
}

async function leaderAndStandby(id: string): Promise<[OperatorProcess, OperatorProcess]> {
  const leader = await replica(id);
  await waitFor('it to lead', async () =>
    (await leader.get('/metrics')).body.includes('ecr_operator_leader 1'),
  );
  const standby = await replica(id);
  running = [leader, standby];
  return [leader, standby];
}

test.each([
  ['is stopped', 'stop', 3_000],
  ['is killed', 'kill', 25_000],
] as const)(
  'when the leader %s the standby goes on, and no login gets older',
  async (_what, end, withinMs) => {
    const [leader, standby] = await leaderAndStandby(`ha-${end}`);
    await fannedOut(f, 'shared', count + extra);
    const before = await expiries();
    const writes = await secretWrites(f);
    await leader[end]();
    f.aws.resetCalls();
    await someoneActs(withinMs + 15_000);
    expect((await standby.get('/metrics')).body).toContain('ecr_operator_leader 1');
    const after = await expiries();
    expect([...before].filter(([namespace, expiry]) => (after.get(namespace) ?? '') < expiry)).toEqual([]);
    expect((await secretWrites(f))['create']).toBe((writes['create'] ?? 0) + 1);
    expect((await secretWrites(f))['patch']).toBe(writes['patch']);
  },
);

test('three replicas share three shards, each Secret is written by one of them, and what one leaves another takes', async () => {
  const id = 'shards';
  const sharded = (): Promise<OperatorProcess> =>
    f.startClusterOperator([
      '--leader-elect=true',
      `--leader-election-namespace=${f.namespace}`,
      `--leader-election-id=${id}`,
      '--shards=3',
    ]);
  running = await Promise.all([sharded(), sharded(), sharded()]);
  await waitFor('each replica to hold a Lease', async () => (await leaseHolders(f, id, 3)).size === 3, {
    timeoutMs: 30_000,
  });
  const before = await secretWrites(f);
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const name of names) await createClusterRegistry(f, name, { namespaces: { include: ['team-1*'] } });
  // team-1, team-10 to team-19 and team-100 to team-199.
  const each = 111;
  for (const name of names) await fannedOut(f, name, each);
  const after = await secretWrites(f);
  expect((after['create'] ?? 0) - (before['create'] ?? 0)).toBe(names.length * each);
  await running[0]?.stop();
  await waitFor('the others to hold all Leases', async () => (await leaseHolders(f, id, 3)).size === 2, {
    timeoutMs: 30_000,
  });
  for (const name of ['g', 'h', 'i', 'j'])
    await createClusterRegistry(f, name, { namespaces: { include: ['team-2'] } });
  for (const name of ['g', 'h', 'i', 'j']) await fannedOut(f, name, 1);
});
