import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { installCrds } from '../support/install-crds.ts';
import { kubeClient } from '../support/kube-client.ts';
import { printedColumns } from '../support/printed-columns.ts';

const controlPlane = inject('controlPlane');
const client = await kubeClient(controlPlane.adminKubeconfig);
const namespace = 'default';

type Spec = Record<string, unknown>;
interface Stored extends KubeObject {
  spec: Spec;
}

let count = 0;
const newName = (): string => `rules-${(count += 1)}`;

async function create(spec: Spec | undefined, name = newName()): Promise<Stored> {
  const { apiVersion, kind } = ecrPipelines;
  const object = { apiVersion, kind, metadata: { name, namespace }, ...(spec && { spec }) } as Stored;
  return client.create<Stored>(ecrPipelines, object);
}

/** Resolves to what the API server stored, or rejects with what it said. */
async function tryOut(spec: Spec | undefined, name?: string): Promise<Stored> {
  const stored = await create(spec, name);
  await client.delete(ecrPipelines, stored.metadata);
  return stored;
}

const trigger = (t: Spec): Spec => ({ triggers: [{ name: 'release', ...t }] });
const named = (...names: string[]): Spec[] => names.map((name) => ({ name }));
const many = (n: number): Spec[] => named(...Array.from({ length: n }, (_, i) => `n${i}`));

/** What is checked, an example that is accepted, one that is refused, and what the refusal says. */
const rules: [string, Spec, Spec, RegExp][] = [
  [
    'the name of a registry',
    { registries: named('prod', 'a.b-c') },
    { registries: named('ci/prod') },
    /name of an object in the same namespace: lower-case letters, digits, - and \./,
  ],
  ['that a registry has a name', { registries: [] }, { registries: [{}] }, /registries\[0\]\.name: Required/],
  [
    'that a registry is listed once',
    { registries: named('a', 'b') },
    { registries: named('a', 'a') },
    /registries\[1\]: Duplicate value/,
  ],
  ['the number of registries', { registries: many(64) }, { registries: many(65) }, /at most 64 items/],
  [
    'the service account of the pipeline',
    { serviceAccount: 'build-api' },
    { serviceAccount: 'other/builder' },
    /service account in the same namespace, without a namespace before it/,
  ],
  [
    'the service account of a trigger, where the empty string is unset',
    trigger({ serviceAccount: '' }),
    trigger({ serviceAccount: 'A' }),
    /service account in the same namespace, without a namespace before it/,
  ],
  [
    'the name of the Secret',
    { secretName: 'my.secret' },
    { secretName: 'My_Secret' },
    /name of an object in the same namespace/,
  ],
  [
    'the name of the Secret of a trigger',
    trigger({ secretName: 'night' }),
    trigger({ secretName: '../x' }),
    /name of an object in the same namespace/,
  ],
  [
    'the name of a trigger',
    trigger({ name: 'release-2' }),
    trigger({ name: 'release.2' }),
    /write a DNS label: lower-case letters, digits and -, no dot/,
  ],
  [
    'the length of the name of a trigger',
    trigger({ name: 'n'.repeat(63) }),
    trigger({ name: 'n'.repeat(64) }),
    /63/,
  ],
  [
    'that a trigger is listed once',
    { triggers: named('a', 'b') },
    { triggers: named('a', 'a') },
    /triggers\[1\]: Duplicate value/,
  ],
  [
    'that triggers do not share a Secret',
    { triggers: [{ name: 'a', secretName: 'x' }, { name: 'b' }] },
    {
      triggers: [
        { name: 'a', secretName: 'x' },
        { name: 'b', secretName: 'x' },
      ],
    },
    /two Secrets have the same name: give each secretName once/,
  ],
  [
    'that no trigger has the Secret of the pipeline',
    { secretName: 'x', triggers: [{ name: 'a', secretName: 'y' }] },
    { secretName: 'x', triggers: [{ name: 'a', secretName: 'x' }] },
    /two Secrets have the same name: give each secretName once/,
  ],
  ['the number of triggers', { triggers: many(64) }, { triggers: many(65) }, /at most 64 items/],
];

beforeAll(() => installCrds(client));
afterAll(() => client.close());

describe('the CRD of EcrPipeline on a real API server', () => {
  it.each(rules)('checks %s', async (_what, accepted, refused, message) => {
    await expect(tryOut(accepted)).resolves.toBeDefined();
    await expect(tryOut(refused)).rejects.toThrow(message);
  });

  it.each(['a.b', 'n'.repeat(64)])('refuses the name %s, which is no DNS label', async (name) => {
    await expect(tryOut({}, name)).rejects.toThrow(
      /the name of a pipeline is a DNS label, so that <pipeline>\.<trigger>-ecr cannot be taken for another: no dot, 63/,
    );
  });

  it.each(['n', 'n'.repeat(63), '0-a'])('takes the name %s', async (name) => {
    await expect(tryOut({}, name)).resolves.toBeDefined();
  });

  it('needs no spec: all registries of the namespace, no trigger', async () => {
    expect((await tryOut(undefined)).spec).toEqual({});
  });

  it('drops a field that it does not know', async () => {
    expect((await tryOut({ serviceacount: 'x' })).spec).toEqual({});
  });

  it('has columns that say at a glance what is ready, and wide as whom and why not', async () => {
    const { metadata } = await create({});
    const key = { namespace, name: metadata.name };
    const columns = await printedColumns(controlPlane.adminKubeconfig, ecrPipelines, key, { wide: true });
    expect(Object.keys(columns)).toEqual([
      'Name',
      'Ready',
      'Reason',
      'Secrets',
      'Expires',
      'Age',
      'Service Accounts',
      'Message',
    ]);
    await client.delete(ecrPipelines, metadata);
  });
});
