import { expect, test } from 'vitest';
import { account, createFixture } from '../operator/fixture.ts';
import { getSecret, passwordsIn } from '../operator/pull-secrets.ts';
import { createRegistry, ready, region, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { cli } from './cli.ts';
import { person, readOnly } from './people.ts';

const f = await createFixture();
await f.startOperator();
await f.puller('puller');
await createRegistry(f, 'prod', specFor('puller'));
await ready(f, 'prod');
await createPipeline(f, 'api', { triggers: [{ name: 'nightly' }] });
await pipelineReady(f, 'api');
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

const dockerConfig = (name: string, ...more: string[]) =>
  cli(['docker-config', name, '-n', f.namespace, ...more], { kubeconfig: f.controlPlane.adminKubeconfig });

test('it tells the Secret, the hosts and how to use them, and no password', async () => {
  const { code, out, err } = await dockerConfig('prod');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`Secret ${f.namespace}/prod-ecr, key .dockerconfigjson\n`);
  expect(out).toMatch(new RegExp(`^ {2}${host} {3}AWS:\\[redacted\\] {3}expires in 11h5\\dm \\(`, 'm'));
  expect(out).toContain('spec.imagePullSecrets: [{ name: prod-ecr }]');
});

test('no form of the output but --show has the password', async () => {
  const [password = ''] = passwordsIn(await getSecret(f, 'prod-ecr')).values();
  expect(password.length).toBeGreaterThan(10);
  const basic = Buffer.from(`AWS:${password}`).toString('base64');
  for (const format of [[], ['-o', 'json'], ['-o', 'yaml']]) {
    const { out } = await dockerConfig('prod', ...format);
    expect(out).toContain('[redacted]');
    expect(out).not.toContain(password);
    expect(out).not.toContain(basic);
  }
  const shown = await dockerConfig('prod', '--show');
  expect(JSON.parse(shown.out)).toEqual({ auths: { [host]: { auth: basic } } });
});

test('a pipeline has a Secret for each trigger, and --trigger picks one', async () => {
  const all = await dockerConfig('api', '-o', 'json');
  const { secrets } = JSON.parse(all.out) as { secrets: { name: string; auths: object }[] };
  expect(secrets.map(({ name }) => name)).toEqual(['api-ecr', 'api.nightly-ecr']);
  const one = await dockerConfig('api', '--trigger', 'nightly');
  expect(one.out).toContain('api.nightly-ecr of trigger nightly');
  expect(one.out).not.toContain('/api-ecr');
  expect(await dockerConfig('api', '--trigger=weekly')).toMatchObject({
    code: 1,
    err: expect.stringContaining('has no trigger weekly; it has: nightly') as string,
  });
});

test('who may not read Secrets is told so, before and with --show', async () => {
  const reader = await person(f, 'reader', readOnly);
  for (const more of [[], ['--show']]) {
    const { code, out, err } = await cli(['docker-config', 'prod', '-n', f.namespace, ...more], {
      kubeconfig: reader,
    });
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(`may not get secrets in namespace ${f.namespace}`);
  }
});

test('a Secret that is not there is told, with exit code 1', async () => {
  await createRegistry(f, 'waiting', specFor('nobody'));
  const { code, out } = await dockerConfig('waiting');
  expect([code, out.split('\n')[0]]).toEqual([1, `Secret ${f.namespace}/waiting-ecr does not exist`]);
  expect((await dockerConfig('waiting', '--show')).err).toContain('/waiting-ecr does not exist');
});
