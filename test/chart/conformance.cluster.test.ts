import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { apiRequest } from '../support/controlplane/api-request.ts';
import { ensureBinaries } from '../support/controlplane/binaries.ts';
import { writeKindSchemas } from '../support/controlplane-schemas.ts';
import { chartFolder, createHelm, type Helm, parseManifests, runProgram } from './helm.ts';
import { type Manifest, ofKind } from './manifests.ts';
import { variants } from './variants.ts';

/** Kinds of the Prometheus operator, which the API server of the tests does not have. */
const isForeign = ({ apiVersion }: Manifest): boolean => apiVersion.startsWith('monitoring.coreos.com/');

const { adminKubeconfig } = inject('controlPlane');
let helm: Helm;
let tools: Record<'kubectl' | 'kubeconform', string>;
let folder: string;

beforeAll(async () => {
  helm = await createHelm();
  tools = await ensureBinaries(['kubectl', 'kubeconform']);
  folder = await mkdtemp(join(tmpdir(), 'ecr-operator-schemas-'));
  for (const name of ['operators', 'ci', 'web']) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await apiRequest(adminKubeconfig, '/api/v1/namespaces', { method: 'POST', body: namespace });
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it('passes helm lint --strict', async () => {
  expect(await helm.run('lint', '--strict', chartFolder)).toContain('0 chart(s) failed');
});

describe.each(Object.entries(variants))('the objects with %s', (_, values) => {
  it('match the schemas of the API server', async () => {
    const manifests = (await helm.template(values)).filter((m) => !isForeign(m));
    const location = await writeKindSchemas(adminKubeconfig, manifests, folder);
    const text = manifests.map((m) => stringify(m)).join('---\n');
    const args = ['-strict', '-summary', '-output', 'json', '-schema-location', location];
    const { stdout } = await runProgram(tools.kubeconform, args, process.env, text);
    expect(JSON.parse(stdout)).toEqual({
      resources: [],
      summary: { valid: manifests.length, invalid: 0, errors: 0, skipped: 0 },
    });
  });

  it('are accepted by the API server, every field known', async () => {
    const manifests = (await helm.template(values)).filter((m) => !isForeign(m));
    const text = manifests.map((m) => stringify(m)).join('---\n');
    const flags = ['--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict'];
    const args = ['--kubeconfig', adminKubeconfig, 'apply', ...flags, '--filename', '-'];
    const { code, stdout, stderr } = await runProgram(tools.kubectl, args, process.env, text);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toHaveLength(manifests.length);
  });
});

it('the schemas of the API server refuse a field that does not exist', async () => {
  const [account] = ofKind(await helm.template(), 'ServiceAccount');
  if (account === undefined) throw new Error('no ServiceAccount');
  const location = await writeKindSchemas(adminKubeconfig, [account], folder);
  const text = stringify({ ...account, automount: true });
  const args = ['-strict', '-schema-location', location];
  const { code, stdout } = await runProgram(tools.kubeconform, args, process.env, text);
  expect(code).toBe(1);
  expect(stdout).toContain('automount');
});

it('the chart carries the generated CRDs unchanged but for labels and the annotation that keeps them', async () => {
  const folderOfCrds = join(chartFolder, '../../crds');
  const texts = await Promise.all(
    readdirSync(folderOfCrds).map((file) => readFile(join(folderOfCrds, file), 'utf8')),
  );
  const generated = texts.flatMap((text) => parseManifests(text));
  const crds = ofKind(await helm.template(), 'CustomResourceDefinition');
  expect(crds.map((crd) => crd['spec'])).toEqual(generated.map((crd) => crd['spec']));
  for (const { metadata } of crds)
    expect(metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
});
