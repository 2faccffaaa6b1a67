import { expect, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { operatorWrites } from '../operator/operator-writes.ts';
import { annotate, createRegistry, getRegistry, patchSpec, ready, specFor } from '../operator/registries.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  createVerificationFixture,
  finished,
  requestTest,
  requestTime,
  test as verify,
  verifiedCondition,
} from './fixture.ts';
import { outline } from './outline.ts';

const f = await createVerificationFixture();
let operator = await f.startVerifier();

const statusWrites = async (name: string): Promise<number> =>
  (await operatorWrites(f)).filter((write) => write.endsWith(` ecrregistries/status ${name}`)).length;

/** How many verifications have ended since the operator started. */
async function verifications(): Promise<number> {
  const { body } = await operator.get('/metrics');
  const counts = body.matchAll(/^ecr_operator_verifications_total\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

test('without being asked nothing is verified', async () => {
  await f.puller('quiet');
  await createRegistry(f, 'quiet', specFor('quiet'));
  const { status } = await ready(f, 'quiet');
  expect(status?.verification).toBeUndefined();
  await annotate(f, 'quiet', { [annotations.testRequestedAt]: 'as soon as possible' });
  await patchSpec(f, 'quiet', { secret: { labels: { looked: 'at' } } });
  expect((await ready(f, 'quiet')).status?.verification).toBeUndefined();
});

test('a request is carried out once, and writes the status once', async () => {
  await f.puller('once');
  await createRegistry(f, 'once', specFor('once'));
  await ready(f, 'once');
  const [writes, ended] = [await statusWrites('once'), await verifications()];
  const { verification } = await verify(f, 'once');
  const requested = (await getRegistry(f, 'once')).metadata.annotations?.[annotations.testRequestedAt];
  expect(verification.requestedAt).toBe(requested);
  expect(await statusWrites('once')).toBe(writes + 1);
  // Whatever makes the operator look again: the request stands there, and is answered.
  await annotate(f, 'once', { 'their/note': 'look again' });
  await patchSpec(f, 'once', { secret: { labels: { looked: 'again' } } });
  await ready(f, 'once');
  await verify(f, 'once');
  expect(await verifications()).toBe(ended + 2);
});

test('no writer makes the other write: a verified registry is left alone', async () => {
  const writes = await statusWrites('once');
  await annotate(f, 'once', { 'their/note': 'and again' });
  // What does not happen has no end but time.
  await sleep(systemClock, 500);
  expect(await statusWrites('once')).toBe(writes);
});

test('a request that is older than the last one counts as well: the clocks of those who ask differ', async () => {
  const time = new Date(Date.now() - 3_600_000).toISOString();
  await annotate(f, 'once', { [annotations.testRequestedAt]: time });
  expect((await finished(f, 'once', time)).verification.ok).toBe(true);
});

test('onChange verifies a new registry and each of its changes, and no other time', async () => {
  await f.puller('eager');
  await createRegistry(f, 'eager', specFor('eager', { suspend: true, verify: { onChange: true } }));
  const first = await finished(f, 'eager', undefined);
  expect(first.verification).toMatchObject({ ok: true, observedGeneration: 1 });
  expect(first.verification.requestedAt).toBe(first.verification.startedAt);
  const ended = await verifications();
  await annotate(f, 'eager', { 'their/note': 'no change of the spec' });
  await patchSpec(f, 'eager', { credentials: { serviceAccounts: { account: 'nobody' } } });
  const second = await waitFor('the change to be verified', async () => {
    const { verification, ...object } = await finished(f, 'eager', undefined);
    return verification.observedGeneration === 2 ? { verification, ...object } : undefined;
  });
  expect(outline(second.verification.stages)).toEqual(['failed ServiceAccount']);
  expect(verifiedCondition(second)).toMatchObject({ status: 'False', observedGeneration: 2 });
  expect(await verifications()).toBe(ended + 1);
});

test('while it runs the status shows the stages that have ended, and Verified is unknown', async () => {
  const roleArn = await f.puller('slow');
  await createRegistry(f, 'slow', specFor('slow', { suspend: true }));
  const lift = f.aws.faults.inject({ service: 'ecr', kind: 'delay', latencyMs: 1_500, roleArn });
  const time = await requestTest(f, 'slow');
  const running = await waitFor('the stages before', async () => {
    const { status } = await getRegistry(f, 'slow');
    return (status?.verification?.stages.length ?? 0) >= 4 ? status : undefined;
  });
  expect(running.verification?.finishedAt).toBeUndefined();
  expect(running.verification?.requestedAt).toBe(time);
  expect(outline(running.verification?.stages ?? [])).not.toContain('failed');
  expect(running.conditions?.find(({ type }) => type === 'Verified')).toMatchObject({
    status: 'Unknown',
    reason: 'Verifying',
  });
  lift();
  const { verification } = await finished(f, 'slow', time);
  expect(verification.ok).toBe(true);
  expect(verification.stages[4]).toMatchObject({ name: 'AuthorizationToken' });
  expect(verification.stages[4]?.durationMs).toBeGreaterThan(1_400);
});

test('what a process that ended left unfinished is verified by the next one', async () => {
  const roleArn = await f.puller('cut-off');
  await createRegistry(f, 'cut-off', specFor('cut-off', { suspend: true }));
  const lift = f.aws.faults.inject({ service: 'ecr', kind: 'hang', roleArn });
  const time = await requestTest(f, 'cut-off');
  await waitFor('the verification to be under way', async () => {
    const { status } = await getRegistry(f, 'cut-off');
    return status?.verification !== undefined;
  });
  await operator.kill();
  lift();
  operator = await f.startVerifier();
  expect((await finished(f, 'cut-off', time)).verification.ok).toBe(true);
  expect(await verifications()).toBe(1);
});

test('an object that is deleted while it is verified leaves nothing behind', async () => {
  const roleArn = await f.puller('gone');
  await createRegistry(f, 'gone', specFor('gone', { suspend: true }));
  const lift = f.aws.faults.inject({ service: 'ecr', kind: 'delay', latencyMs: 700, roleArn });
  await requestTest(f, 'gone');
  await waitFor('the verification to be under way', async () => {
    const { status } = await getRegistry(f, 'gone');
    return status?.verification !== undefined;
  });
  await f.client.delete(ecrRegistries, { namespace: f.namespace, name: 'gone' });
  await createRegistry(f, 'gone', specFor('gone', { suspend: true }), {
    [annotations.testRequestedAt]: requestTime(),
  });
  lift();
  const { verification } = await finished(f, 'gone', undefined);
  expect(verification).toMatchObject({ ok: true, observedGeneration: 1 });
});

test('an event tells how it ended', async () => {
  const events = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    plural: 'events',
    namespaced: true,
  };
  interface Event {
    metadata: { name: string };
    regarding: { name: string };
    type: string;
    reason: string;
    note: string;
  }
  const found = await waitFor('the events', async () => {
    const { items } = await f.client.list<Event>(events, { namespace: f.namespace });
    const noted = items.filter(({ regarding }) => regarding.name === 'eager');
    return noted.length >= 2 ? noted : undefined;
  });
  expect(found.map(({ type, reason, note }) => [type, reason, note])).toEqual(
    expect.arrayContaining([
      ['Normal', 'Verified', expect.stringMatching(/^all 6 stages went through/)],
      [
        'Warning',
        'ServiceAccountNotFound',
        expect.stringMatching(/^ServiceAccount failed: .* What to do: create it/),
      ],
    ]),
  );
});
