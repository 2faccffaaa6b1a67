import { expect, test } from 'vitest';
import type { Explanation } from '../../src/cli/explain/explanation.ts';
import { account, createFixture, roleAnnotation } from '../operator/fixture.ts';
import { createSecret, foreignData, pullSecretType } from '../operator/pull-secrets.ts';
import { createRegistry, notReady, patchSpec, ready, region, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { waitFor } from '../support/wait-for.ts';
import { cli } from './cli.ts';
import { person, readOnly } from './people.ts';

const f = await createFixture();
await f.startOperator(['--runtime-service-account=engine']);
const engineRole = await f.puller('engine');
const pullerRole = await f.puller('puller');
await f.puller('builder');
await f.puller('releaser');
await createRegistry(f, 'prod', specFor('puller'));
await ready(f, 'prod');
const admin = f.controlPlane.adminKubeconfig;
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

const explain = (name: string, kubeconfig = admin, ...more: string[]) =>
  cli(['explain', name, '-n', f.namespace, ...more], { kubeconfig });

test('a registry is explained: which level wins and from where, the Secret, the next refresh, no failure', async () => {
  const { code, out, err } = await explain('prod');
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^EcrRegistry ${f.namespace}/prod is ready, since `));
  expect(out).toMatch(/^ {2}> account +puller +spec\.credentials\.serviceAccounts\.account$/m);
  expect(out).toMatch(
    /^ {4}runtime +- +spec\.credentials\.serviceAccounts\.runtime, or the operator's flag/m,
  );
  expect(out).toContain(`service account puller with role ${pullerRole} (annotation ${roleAnnotation})`);
  expect(out).toMatch(/^Secret prod-ecr\n {2}exists +yes\n {2}logs in to +/m);
  expect(out).toContain(host);
  expect(out).toMatch(/^ {2}expires +in 11h5\dm \(/m);
  expect(out).toMatch(/^ {2}next refresh +in [56]h/m);
  expect(out).toContain('none that anybody remembers');
  expect(out).not.toContain('Not looked at');
});

test('the runtime level that only the flag of the operator names is known once it won', async () => {
  await createRegistry(f, 'flagged', { region });
  await ready(f, 'flagged');
  const { out } = await explain('flagged');
  expect(out).toMatch(/^ {2}> runtime +engine +the operator's flag --runtime-service-account$/m);
  expect(out).toContain(`service account engine with role ${engineRole}`);
});

test('read access to the kind is enough; what else could not be looked at is named with the right that is missing', async () => {
  const reader = await person(f, 'reader', readOnly);
  const { code, out, err } = await explain('ecr/prod', reader);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toMatch(/^ {2}> account +puller/m);
  expect(out).toMatch(/^ {2}exists +not looked at$/m);
  expect(out).toContain(host);
  expect(out).toContain(`Secret prod-ecr: you may not get secrets in namespace ${f.namespace}`);
  expect(out).toContain(
    `service account puller: you may not get serviceaccounts in namespace ${f.namespace}`,
  );
  expect(out).toContain(`events: you may not list events.events.k8s.io in namespace ${f.namespace}`);
  const bare = await explain('prod', reader);
  expect(bare.out.split('\n')[0]).toBe(out.split('\n')[0]);
});

test('a Secret of somebody else and a failing registry are told, with exit code 1', async () => {
  await createSecret(f, 'taken-ecr', { type: pullSecretType, data: foreignData });
  await createRegistry(f, 'taken', specFor('puller'));
  await notReady(f, 'taken', 'Conflict');
  const { code, out } = await explain('taken');
  expect(code).toBe(1);
  expect(out).toContain('is not ready, Conflict, since ');
  expect(out).toMatch(/^ {2}exists +yes, but it belongs to something else and is not touched$/m);
  expect(out).toMatch(/Last failure\n {2}\w+ ago: Conflict: see above\n/);
});

test('a failure that is over is remembered from the events', async () => {
  await createRegistry(f, 'healed', specFor('nobody'));
  await notReady(f, 'healed', 'ServiceAccountNotFound');
  const missing = await explain('healed');
  expect(missing.out).toContain('as service account nobody, which does not exist: create it');
  await patchSpec(f, 'healed', { credentials: { serviceAccounts: { account: 'puller' } } });
  await ready(f, 'healed');
  const seen = await waitFor('the event', async () => {
    const { code, out } = await explain('healed');
    return code === 0 && out.includes('ago: ServiceAccountNotFound: service account') && out;
  });
  expect(seen).toContain('is ready');
});

test('a pipeline is explained Secret by Secret, with the level that wins in each', async () => {
  await createPipeline(f, 'api', {
    registries: [{ name: 'prod' }],
    serviceAccount: 'builder',
    triggers: [{ name: 'release', serviceAccount: 'releaser' }],
  });
  await pipelineReady(f, 'api');
  const { code, out } = await explain('api');
  expect(code).toBe(0);
  const [, own = '', trigger = ''] = out.split(/^Secret /m);
  expect(own).toMatch(/^api-ecr\n/);
  expect(own).toMatch(/^ {2}> pipeline +builder +spec\.serviceAccount$/m);
  expect(own).toMatch(/^ {4}account +puller +EcrRegistry prod, spec\.credentials/m);
  expect(own).not.toContain('  trigger ');
  expect(trigger).toMatch(/^api\.release-ecr of trigger release\n/);
  expect(trigger).toMatch(/^ {2}> trigger +releaser +spec\.triggers\[release\]\.serviceAccount$/m);
});

test('the same explanation comes as JSON and YAML', async () => {
  const { out } = await explain('prod', admin, '-o', 'json');
  const explanation = JSON.parse(out) as Explanation;
  expect(explanation).toMatchObject({ kind: 'EcrRegistry', name: 'prod', notChecked: [] });
  expect(explanation.secrets[0]).toMatchObject({ name: 'prod-ecr', state: 'exists', hosts: [host] });
  expect((await explain('prod', admin, '-o', 'yaml')).out).toContain('kind: EcrRegistry\n');
});

test('a name that two kinds have must be said with its kind', async () => {
  await createPipeline(f, 'prod', {});
  const { code, err } = await explain('prod');
  expect(code).toBe(2);
  expect(err).toContain('say ecrregistry/prod or ecrpipeline/prod');
  expect((await explain('ecrp/prod')).out).toContain(`EcrPipeline ${f.namespace}/prod`);
});
