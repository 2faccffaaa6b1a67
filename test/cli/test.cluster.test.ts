import { expect, test } from 'vitest';
import { createFixture } from '../operator/fixture.ts';
import { createRegistry, ready, region, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { cli } from './cli.ts';
import { person, readOnly } from './people.ts';

const f = await createFixture();
const { registry } = f.aws;
await f.startOperator([], { HTTPS_PROXY: registry.proxyUrl, NODE_EXTRA_CA_CERTS: registry.caFile });
const admin = f.controlPlane.adminKubeconfig;
await f.puller('puller');
await createRegistry(f, 'prod', specFor('puller'));
await ready(f, 'prod');

/** What a terminal takes for: from the beginning of this line again. */
const clearLine = '\r\x1b[K';

const run = (name: string, ...more: string[]) =>
  cli(['test', name, '-n', f.namespace, ...more], { kubeconfig: admin });

test('each stage that went through is a line with its time, and the exit code is 0', async () => {
  const { code, out, err } = await run('prod');
  expect([code, err]).toEqual([0, '']);
  const stages = out.split('\n').slice(0, -2);
  expect(stages.map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual([
    'ok ServiceAccount',
    'ok WebIdentityToken',
    'ok AssumeRole',
    'ok CallerIdentity',
    'ok AuthorizationToken',
    'ok RegistryPing',
  ]);
  for (const line of stages) expect(line).toMatch(/^ok {6}\w+ +[\d.]+ m?s {2}\S/);
  expect(out).toMatch(new RegExp(`\nPassed: EcrRegistry ${f.namespace}/prod \\(6 stages, .*s\\)\n$`));
});

test('on a terminal a last line ticks until the end and is gone then', async () => {
  const { out } = await cli(['test', 'prod', '-n', f.namespace], { kubeconfig: admin, isTTY: true });
  expect(out).toContain(`${clearLine}...     the next stage, `);
  const shown = out.split('\n').map((line) => line.split(clearLine).at(-1));
  expect(shown.filter((line) => line?.includes('the next stage'))).toEqual([]);
  expect(out).toContain('\x1b[32mok    \x1b[39m');
});

test('the stage that failed comes with what AWS said and what to do, and the exit code is 1', async () => {
  await f.puller('stranger', { trust: [] });
  await createRegistry(f, 'stranger', specFor('stranger'));
  const { code, out } = await run('stranger');
  expect(code).toBe(1);
  expect(out).toMatch(/^FAILED {2}AssumeRole /m);
  expect(out).toMatch(/^ {8}code \w+, request id [\w-]+$/m);
  expect(out).toMatch(/^ {8}What to do: \S/m);
  expect(out).toMatch(/^Failed at AssumeRole: EcrRegistry /m);
});

test('programs get the stages as JSON and nothing else', async () => {
  const { code, out } = await run('prod', '-o', 'json');
  expect(code).toBe(0);
  const result = JSON.parse(out) as { ok: boolean; stages: { name: string; ok: boolean }[] };
  expect(result).toMatchObject({ kind: 'EcrRegistry', namespace: f.namespace, name: 'prod', ok: true });
  expect(result.stages.every(({ ok }) => ok)).toBe(true);
});

test('a pipeline is tested for each of its identities', async () => {
  await f.puller('builder');
  await createPipeline(f, 'api', {
    registries: [{ name: 'prod' }],
    triggers: [{ name: 'release', serviceAccount: 'builder' }],
  });
  await pipelineReady(f, 'api');
  const { code, out } = await run('ecrp/api');
  expect(code).toBe(0);
  expect(out).toContain('trigger release, registry prod');
});

test('who may only read is told that the test needs the right to patch', async () => {
  const reader = await person(f, 'reader', readOnly);
  const { code, err } = await cli(['test', 'prod', '-n', f.namespace], { kubeconfig: reader });
  expect(code).toBe(3);
  expect(err).toContain(`may not patch ecrregistries.ecr-operator.dev in namespace ${f.namespace}`);
});

test('without an operator it says that none has begun', async () => {
  await createRegistry(f, 'alone', { region });
  await Promise.all(f.operators.map((operator) => operator.stop()));
  const { code, out, err } = await run('alone', '--timeout=1s');
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(`no operator has begun to test EcrRegistry ${f.namespace}/alone, and 1 s are over`);
});
