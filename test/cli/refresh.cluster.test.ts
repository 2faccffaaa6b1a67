import { expect, test } from 'vitest';
import { createFixture } from '../operator/fixture.ts';
import { getSecret, passwordsIn } from '../operator/pull-secrets.ts';
import { createRegistry, getRegistry, notReady, patchSpec, ready, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { cli } from './cli.ts';
import { person, readOnly } from './people.ts';

const f = await createFixture();
await f.startOperator();
const admin = f.controlPlane.adminKubeconfig;

/** A registry whose login expires before the next one would: two of the same second could not be told apart. */
async function oldRegistry(name: string): Promise<void> {
  await f.puller(name);
  f.aws.settings.update({ lifetimeScale: 1.5 });
  await createRegistry(f, name, specFor(name));
  await ready(f, name);
  f.aws.settings.update({ lifetimeScale: 1 });
}

const refresh = (name: string, ...more: string[]) =>
  cli(['refresh', name, '-n', f.namespace, ...more], { kubeconfig: admin });

test('a refresh waits for the new tokens and says until when they are good', async () => {
  await oldRegistry('prod');
  const before = await getSecret(f, 'prod-ecr');
  const { code, out, err } = await refresh('prod');
  expect([code, err]).toEqual([0, '']);
  const { expiresAt } = (await getRegistry(f, 'prod')).status ?? {};
  expect(out).toBe(`EcrRegistry ${f.namespace}/prod has new tokens, good until ${expiresAt}\n`);
  expect(passwordsIn(await getSecret(f, 'prod-ecr'))).not.toEqual(passwordsIn(before));
});

test('all Secrets of a pipeline are waited for', async () => {
  await oldRegistry('shared');
  f.aws.settings.update({ lifetimeScale: 1.5 });
  await createPipeline(f, 'api', { registries: [{ name: 'shared' }], triggers: [{ name: 'nightly' }] });
  await pipelineReady(f, 'api');
  f.aws.settings.update({ lifetimeScale: 1 });
  const { code, out } = await refresh('ecrp/api');
  expect(code).toBe(0);
  expect(out).toContain(`EcrPipeline ${f.namespace}/api has new tokens in 2 Secrets, good until `);
});

test('--wait=false only asks', async () => {
  await oldRegistry('later');
  const { code, out } = await refresh('later', '--wait=false');
  expect([code, out]).toEqual([0, `EcrRegistry ${f.namespace}/later: new tokens are asked for\n`]);
});

test('a refresh that AWS refuses ends with what the operator says, and exit code 1', async () => {
  await oldRegistry('denied');
  const refusal = { kind: 'error', code: 'AccessDeniedException' } as const;
  const heal = f.aws.faults.inject({ service: 'ecr', operation: 'GetAuthorizationToken', ...refusal });
  const { code, out, err } = await refresh('denied');
  heal();
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^error: EcrRegistry .*\/denied: \w+: .*keeps its login/);
});

test('what is suspended, absent or not to be written is told at once', async () => {
  await oldRegistry('asleep');
  await patchSpec(f, 'asleep', { suspend: true });
  await notReady(f, 'asleep', 'Suspended');
  expect(await refresh('asleep')).toMatchObject({
    code: 1,
    err: expect.stringContaining('is suspended') as string,
  });
  const absent = await refresh('absent');
  expect(absent.code).toBe(1);
  expect(absent.err).toContain(`there is no EcrRegistry in namespace ${f.namespace}, no EcrPipeline in`);
  const reader = await person(f, 'reader', readOnly);
  const denied = await cli(['refresh', 'prod', '-n', f.namespace], { kubeconfig: reader });
  expect(denied.code).toBe(3);
  expect(denied.err).toContain(`may not patch ecrregistries.ecr-operator.dev in namespace ${f.namespace}`);
});

test('without an operator the time runs out', async () => {
  await oldRegistry('orphan');
  await Promise.all(f.operators.map((operator) => operator.stop()));
  const { code, err } = await refresh('orphan', '--timeout=1s');
  expect(code).toBe(1);
  expect(err).toContain('has no new tokens, and 1 s are over: Ready: Secret ');
});
