import { expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { createFixture } from '../operator/fixture.ts';
import { createRegistry, ready, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { createClusterRegistry } from '../fan-out/fixture.ts';
import { cli } from './cli.ts';
import { person, readOnly } from './people.ts';

const f = await createFixture();
await f.startOperator();
await f.puller('puller');
await createRegistry(f, 'prod', specFor('puller'));
await ready(f, 'prod');
await createPipeline(f, 'api', { triggers: [{ name: 'nightly' }] });
await pipelineReady(f, 'api');
const admin = f.controlPlane.adminKubeconfig;
const inNamespace = ['-n', f.namespace];

const columns = (line = ''): string[] => line.split(/ {3,}/);
/** The rows of a table that are about this object. */
const row = (out: string, name: string): string[] =>
  columns(out.split('\n').find((line) => columns(line).includes(name)));

test('one table lists all kinds of a namespace', async () => {
  const { code, out, err } = await cli(['get', ...inNamespace], { kubeconfig: admin });
  expect([code, err]).toEqual([0, '']);
  const header = ['KIND', 'NAME', 'READY', 'REASON', 'SERVICE ACCOUNT', 'SECRET', 'EXPIRES', 'AGE'];
  expect(columns(out.split('\n')[0])).toEqual(header);
  const registry = ['EcrRegistry', 'prod', 'True', 'Ready', 'puller (account)', 'prod-ecr'];
  expect(row(out, 'prod').slice(0, -2)).toEqual(registry);
  expect(row(out, 'prod').at(-2)).toMatch(/^in 11h5\dm$/);
  const pipeline = ['EcrPipeline', 'api', 'True', 'Ready', 'puller (account)', '2/2 ready'];
  expect(row(out, 'api').slice(0, -2)).toEqual(pipeline);
});

test('all namespaces come with their names, wide with the message, and a kind alone', async () => {
  const all = await cli(['get', 'ecrp', '-A', '-o', 'wide'], { kubeconfig: admin });
  const line = all.out.split('\n').find((text) => text.startsWith(f.namespace));
  expect(columns(line).slice(0, 4)).toEqual([f.namespace, 'EcrPipeline', 'api', 'True']);
  expect(columns(line).at(-1)).toBe('2 Secrets are fresh');
  expect(all.out).not.toContain('EcrRegistry ');
});

test('whoever may read one namespace gets its objects and a note about the rest', async () => {
  const reader = await person(f, 'reader', readOnly);
  const { code, out, err } = await cli(['get', ...inNamespace], { kubeconfig: reader });
  expect(code).toBe(0);
  expect(row(out, 'prod')).toContain('EcrRegistry');
  expect(err).toBe(
    'not listed, as you may not: list clusterecrregistries.ecr-operator.dev in the whole cluster\n',
  );
});

test('without any right the command fails and says which one is missing', async () => {
  const nobody = await person(f, 'nobody', []);
  const { code, out, err } = await cli(['get', ...inNamespace], { kubeconfig: nobody });
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(`may not list ecrregistries.ecr-operator.dev in namespace ${f.namespace}`);
  expect(err).toContain(`kubectl auth can-i list ecrregistries.ecr-operator.dev -n ${f.namespace}`);
});

test('a cluster registry that no operator has seen is listed as such', async () => {
  const name = `seen-by-nobody-${f.namespace}`;
  await createClusterRegistry(f, name, { namespaces: { include: [f.namespace] } });
  const { out } = await cli(['get', 'cecr'], { kubeconfig: admin });
  expect(row(out, name).slice(0, 4)).toEqual(['ClusterEcrRegistry', name, '-', 'NotSeenYet']);
  const explained = await cli(['explain', name], { kubeconfig: admin });
  expect(explained.code).toBe(1);
  expect(explained.out).toContain('Note: no operator has looked at it yet');
  await f.client.delete(clusterEcrRegistries, { name });
});

test('programs get a List of whole objects', async () => {
  const { out } = await cli(['get', ...inNamespace, '-o', 'json'], { kubeconfig: admin });
  const { kind, items } = JSON.parse(out) as { kind: string; items: { kind: string; spec: object }[] };
  expect(kind).toBe('List');
  expect(items.map((item) => item.kind)).toEqual(expect.arrayContaining(['EcrRegistry', 'EcrPipeline']));
});

test('an empty namespace is told apart from a failure', async () => {
  const { code, out, err } = await cli(['get', 'ecr', '-n', 'default'], { kubeconfig: admin });
  expect([code, out, err]).toEqual([0, '', 'there is nothing in namespace default\n']);
});
