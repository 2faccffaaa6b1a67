import { expect, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { waitFor } from '../support/wait-for.ts';
import { createFixture } from './fixture.ts';
import { endedReconciles } from './metrics.ts';
import { operatorWrites } from './operator-writes.ts';
import { getSecret, logsIn, passwordsIn, type Secret, secretWhere } from './pull-secrets.ts';
import {
  annotate,
  conditionOf,
  createRegistry,
  getRegistry,
  notReady,
  patchSpec,
  ready,
} from './registries.ts';
import { specFor } from './registries.ts';

const f = await createFixture();
const operator = await f.startOperator();

/** A registry with an identity of its own. */
async function settled(name: string): Promise<Secret> {
  await f.puller(name);
  await createRegistry(f, name, specFor(name));
  await ready(f, name);
  return getSecret(f, `${name}-ecr`);
}

const requestRefresh = (name: string, time: string): Promise<void> =>
  annotate(f, name, { [annotations.refreshRequestedAt]: time });

/** Runs `cause` and waits until a reconcile that it led to has ended. */
async function reconciledAfter(cause: () => Promise<void>): Promise<void> {
  const before = await endedReconciles(operator);
  await cause();
  await waitFor('a reconcile to end', async () => (await endedReconciles(operator)) > before);
}

const isRenewed =
  (before: Secret) =>
  (now: Secret): boolean =>
    JSON.stringify([...passwordsIn(now)]) !== JSON.stringify([...passwordsIn(before)]);

test('a suspended registry keeps its Secret as it is and says so; resumed, it catches up', async () => {
  const before = await settled('suspended');
  await patchSpec(f, 'suspended', { suspend: true });
  const message = await notReady(f, 'suspended', 'Suspended');
  expect(message).toContain('spec.suspend is true');
  expect(message).toContain('good until');
  expect((await getRegistry(f, 'suspended')).status?.refreshAt).toBeUndefined();
  await reconciledAfter(() => requestRefresh('suspended', new Date().toISOString()));
  await reconciledAfter(() => patchSpec(f, 'suspended', { secret: { labels: { late: 'yes' } } }));
  await notReady(f, 'suspended', 'Suspended');
  expect(await getSecret(f, 'suspended-ecr')).toEqual(before);
  await patchSpec(f, 'suspended', { suspend: false });
  expect((await ready(f, 'suspended')).status?.refreshAt).toBeDefined();
  const after = await getSecret(f, 'suspended-ecr');
  expect(after.metadata.labels).toMatchObject({ late: 'yes' });
  expect(isRenewed(before)(after)).toBe(true);
});

test('a registry that is suspended from the start asks AWS nothing and writes no Secret', async () => {
  await f.puller('asleep');
  f.aws.resetCalls();
  await createRegistry(f, 'asleep', specFor('asleep', { suspend: true }));
  await notReady(f, 'asleep', 'Suspended');
  expect(f.aws.calls()).toEqual([]);
  await expect(getSecret(f, 'asleep-ecr')).rejects.toThrow('there is no Secret');
  expect(await conditionOf(f, 'asleep', 'TokensFresh')).toBeUndefined();
});

test('a refresh that is requested now happens at once, and once', async () => {
  const before = await settled('now');
  f.aws.resetCalls();
  await requestRefresh('now', new Date().toISOString());
  const after = await secretWhere(f, 'now-ecr', 'to be renewed', isRenewed(before));
  expect(await logsIn(f, after)).toBe(true);
  await reconciledAfter(() => annotate(f, 'now', { 'their/note': 'look again' }));
  expect(await getSecret(f, 'now-ecr')).toEqual(after);
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(1);
});

test('a refresh that was requested before the token was issued does nothing', async () => {
  const before = await settled('past');
  f.aws.resetCalls();
  await reconciledAfter(() => requestRefresh('past', new Date(Date.now() - 60_000).toISOString()));
  expect(await getSecret(f, 'past-ecr')).toEqual(before);
  expect(f.aws.calls()).toEqual([]);
});

test('a refresh that is requested for a time to come happens then', async () => {
  const before = await settled('future');
  const time = Date.now() + 3_000;
  await reconciledAfter(() => requestRefresh('future', new Date(time).toISOString()));
  expect(await getSecret(f, 'future-ecr')).toEqual(before);
  await secretWhere(f, 'future-ecr', 'to be renewed', isRenewed(before));
  expect(Date.now()).toBeGreaterThanOrEqual(time);
});

test('a request that is no time is taken for none', async () => {
  const before = await settled('garbled');
  await reconciledAfter(() => requestRefresh('garbled', 'as soon as possible'));
  expect(await getSecret(f, 'garbled-ecr')).toEqual(before);
  await ready(f, 'garbled');
});

test('of all that, each Secret was written once, and once more for each refresh that was carried out', async () => {
  const writes = (await operatorWrites(f)).filter((write) => write.includes(' secrets '));
  const timesWritten = (name: string): number => writes.filter((w) => w.endsWith(` ${name}-ecr`)).length;
  const names = ['suspended', 'asleep', 'now', 'past', 'future', 'garbled'];
  expect(names.map(timesWritten)).toEqual([2, 0, 2, 1, 2, 1]);
});
