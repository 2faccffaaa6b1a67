import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { createFixture } from '../operator/fixture.ts';
import { createRegistry, getRegistry, specFor } from '../operator/registries.ts';
import { cliProcess } from './cli-process.ts';
import { person } from './people.ts';

// No operator: all of this works with the rights of the caller.
const f = await createFixture();
const { registry } = f.aws;
await f.puller('puller');
const folder = await mkdtemp(join(tmpdir(), 'ecr-operator-cli-'));
afterAll(() => rm(folder, { recursive: true }));

const env = {
  PATH: process.env['PATH'] ?? '',
  ...f.aws.env,
  HTTPS_PROXY: registry.proxyUrl,
  NODE_EXTRA_CA_CERTS: registry.caFile,
};

const registryNamed = (name: string, spec: object): object => ({
  apiVersion: ecrRegistries.apiVersion,
  kind: 'EcrRegistry',
  metadata: { name, namespace: f.namespace },
  spec,
});

/** Tests the text of a file. */
async function testText(text: string, kubeconfig = f.controlPlane.adminKubeconfig, ...more: string[]) {
  const file = join(folder, 'objects.yaml');
  await writeFile(file, text);
  return cliProcess(['test', '-f', file, `--kubeconfig=${kubeconfig}`, ...more], env);
}

const names = (out: string): string[] =>
  out
    .split('\n')
    .flatMap((line) => (/^(ok|FAILED) /.test(line) ? [line.split(/ +/).slice(0, 2).join(' ')] : []));

test('an object that is not saved goes through admission and all stages, and is not saved then', async () => {
  const spec = specFor('puller', { verify: { repositories: [{ name: 'app', access: ['push'] }] } });
  registry.createRepository('111122223333', 'eu-west-1', 'app');
  const { code, out, err } = await testText(JSON.stringify(registryNamed('draft', spec)));
  expect([code, err]).toEqual([0, '']);
  expect(names(out)).toEqual([
    'ok Admission',
    'ok ServiceAccount',
    'ok WebIdentityToken',
    'ok AssumeRole',
    'ok CallerIdentity',
    'ok AuthorizationToken',
    'ok RegistryPing',
    'ok Push',
  ]);
  expect(registry.openUploads('111122223333', 'eu-west-1', 'app')).toBe(0);
  const key = { namespace: f.namespace, name: 'draft' };
  expect(await f.client.get(ecrRegistries, key)).toBeUndefined();
});

test('what admission has against an object is told rule by rule, and no stage is run', async () => {
  const spec = { region: 'eu-west-1', credentials: { source: 'AccessKey' }, regoin: 'typo' };
  f.aws.resetCalls();
  const strict = await testText(JSON.stringify(registryNamed('wrong', spec)));
  expect(strict.code).toBe(1);
  expect(names(strict.out)).toEqual(['FAILED Admission']);
  expect(strict.out).toContain('unknown field "spec.regoin"');
  const { regoin: _typo, ...known } = spec;
  const { out } = await testText(JSON.stringify(registryNamed('wrong', known)));
  expect(out).toContain('spec.credentials: Invalid value: ');
  expect(out).toContain('source AccessKey needs accessKey.secretName');
  expect(f.aws.calls()).toEqual([]);
});

test('a stage that fails is told as the operator would tell it', async () => {
  const { code, out } = await testText(JSON.stringify(registryNamed('lost', specFor('nobody'))));
  expect(code).toBe(1);
  expect(names(out)).toEqual(['ok Admission', 'FAILED ServiceAccount']);
  expect(out).toContain('does not exist');
  expect(out).toContain('What to do: ');
});

test('a change of a saved object is tested in its place, and changes nothing', async () => {
  await createRegistry(f, 'saved', specFor('puller'));
  const { code } = await testText(
    JSON.stringify(registryNamed('saved', specFor('puller', { suspend: true }))),
  );
  expect(code).toBe(0);
  expect((await getRegistry(f, 'saved')).spec.suspend).toBe(false);
});

test('a pipeline is tested with the saved registries of its namespace', async () => {
  await createRegistry(f, 'base', specFor('puller'));
  const pipeline = {
    apiVersion: ecrRegistries.apiVersion,
    kind: 'EcrPipeline',
    metadata: { name: 'draft', namespace: f.namespace },
    spec: { registries: [{ name: 'base' }, { name: 'shared', kind: 'ClusterEcrRegistry' }] },
  };
  const { code, out } = await testText(JSON.stringify(pipeline));
  expect(code).toBe(0);
  expect(names(out)).toContain('ok RegistryPing');
  expect(out).toContain('not checked: the login to registry ClusterEcrRegistry/shared: save the object');
});

test('a pipeline is tested with the registries of its own file', async () => {
  const pipeline = {
    apiVersion: ecrRegistries.apiVersion,
    kind: 'EcrPipeline',
    metadata: { name: 'together', namespace: f.namespace },
    spec: { registries: [{ name: 'fresh' }] },
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'other' } };
  const items = [pipeline, pod, registryNamed('fresh', specFor('puller'))];
  const { code, out, err } = await testText(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  expect(code).toBe(0);
  expect(err).toContain('passed over, as there is nothing to test in it: ');
  expect(err).toContain('v1 Pod other');
  expect(names(out).filter((line) => line === 'ok RegistryPing')).toHaveLength(2);
});

test('the runtime level of a pipeline, which a flag of the operator may name, is not checked', async () => {
  const spec = { region: 'eu-west-1', credentials: { source: 'ServiceAccount' } };
  await createRegistry(f, 'bare', spec as never);
  const pipeline = {
    apiVersion: ecrRegistries.apiVersion,
    kind: 'EcrPipeline',
    metadata: { name: 'runtime', namespace: f.namespace },
    spec: { registries: [{ name: 'bare' }] },
  };
  const { code, out } = await testText(JSON.stringify(pipeline));
  expect(out).toContain('not checked: the login to registry bare: the runtime level, which the flag ');
  expect(out).toContain('Not tested beyond Admission: EcrPipeline runtime of the file');
  expect(code).toBe(3);
});

test('what the caller has no right to is named as not checked', async () => {
  const developer = await person(f, 'developer', [
    { resources: ['ecrregistries.ecr-operator.dev'], verbs: ['get', 'create'] },
    { resources: ['serviceaccounts'], verbs: ['get'] },
  ]);
  const { code, out } = await testText(JSON.stringify(registryNamed('mine', specFor('puller'))), developer);
  expect(code).toBe(0);
  expect(names(out)).toEqual(['ok Admission', 'ok ServiceAccount']);
  expect(out).toContain(
    `not checked: all that follows, since you may not create serviceaccounts/token in namespace ${f.namespace}`,
  );
});

test('several objects come in one file, from standard input too, and as YAML for programs', async () => {
  const yaml = `
apiVersion: ecr-operator.dev/v1alpha1
kind: EcrRegistry
metadata: { name: one }
spec: { region: eu-west-1, credentials: { serviceAccounts: { account: puller } } }
---
apiVersion: ecr-operator.dev/v1alpha1
kind: EcrRegistry
metadata: { name: two }
spec: { region: eu-west-1, credentials: { source: Operator } }
`;
  const args = ['test', '-f', '-', '-n', f.namespace, '-o', 'json'];
  const kubeconfig = `--kubeconfig=${f.controlPlane.adminKubeconfig}`;
  const { code, out } = await cliProcess([...args, kubeconfig], env, yaml);
  expect(code).toBe(3);
  const results = JSON.parse(out) as { name: string; tested: boolean; notChecked: string[] }[];
  expect(results.map(({ tested }) => tested)).toEqual([true, false]);
  expect(results.map(({ name }) => name)).toEqual(['one', 'two']);
  expect(results[1]?.notChecked).toEqual([
    expect.stringContaining("the operator's own AWS identity") as string,
  ]);
});

test('a file that holds no such object, or none that can be read, is refused', async () => {
  const pod = await testText('apiVersion: v1\nkind: Pod\nmetadata: { name: x }\n');
  expect(pod).toMatchObject({ code: 2, err: expect.stringContaining('v1 Pod x cannot be tested') as string });
  expect((await testText('a: [')).code).toBe(2);
  const namespaced = JSON.stringify(registryNamed('draft', specFor('puller')));
  const contradiction = await testText(namespaced, f.controlPlane.adminKubeconfig, '-n', 'other');
  expect(contradiction.code).toBe(2);
  expect(contradiction.err).toContain(`is in namespace ${f.namespace}, and --namespace says other`);
});

test('an AWS that never answers does not outlast --timeout, and is not taken for the API server', async () => {
  const roleArn = await f.puller('slow');
  const lift = f.aws.faults.inject({ service: 'ecr', kind: 'hang', roleArn });
  const started = performance.now();
  const text = JSON.stringify(registryNamed('waiting', specFor('slow')));
  const { code, out, err } = await testText(text, f.controlPlane.adminKubeconfig, '--timeout=3s');
  lift();
  expect(code).toBe(3);
  expect(names(out).at(-1)).toBe('ok CallerIdentity');
  expect(err).toContain('the test of EcrRegistry');
  expect(err).toContain('has not ended, and 3 s are over: whoever the next stage asks is slow to answer');
  expect(err).not.toContain('API server');
  // The client of AWS alone would go on for 20 s.
  expect(performance.now() - started).toBeLessThan(12_000);
});
