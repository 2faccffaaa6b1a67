import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { chartFolder, createHelm } from '../chart/helm.ts';
import { ofKind } from '../chart/manifests.ts';
import { blockNamed, documentAt, tableRows } from '../docs/documents.ts';
import { createInjection } from './fixture.ts';

const document = documentAt('docs/injection.md');
const i = await createInjection();
beforeAll(() => i.works({ 'ecr-operator.dev/pipeline': 'build' }));

const Manifest = z.looseObject({ metadata: z.looseObject({}), spec: z.looseObject({}) });
const Policy = z.looseObject({
  spec: z.looseObject({
    matchConstraints: z.looseObject({
      objectSelector: z.object({ matchExpressions: z.array(z.looseObject({ key: z.string() })) }),
    }),
    variables: z.array(z.object({ name: z.string(), expression: z.string() })),
  }),
});
const Schema = z.looseObject({ enum: z.array(z.string()).optional() });

/** Every list of allowed values in a JSON schema. */
function enumsIn(schema: unknown): string[][] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = Schema.safeParse(schema).data?.enum;
  return [...(own ? [own] : []), ...Object.values(schema).flatMap(enumsIn)];
}

it('makes of the documented pod what the document shows', async () => {
  const lines = /```diff\n(.*?)```/s.exec(document.text)?.[1]?.split('\n') ?? [];
  const text = (kept: RegExp): unknown =>
    parse(
      lines
        .filter((line) => kept.test(line))
        .map((line) => line.slice(1))
        .join('\n'),
    );
  const labelled = Manifest.parse(parse(blockNamed('labelled.yaml').text));
  expect(text(/^ /)).toEqual(labelled.spec);
  const metadata = { ...labelled.metadata, namespace: undefined };
  const { spec } = await i.admit({ ...labelled, metadata });
  expect(spec).toMatchObject(z.looseObject({}).parse(text(/^[ +]/)));
});

it('has the presets that the document lists, with their labels', async () => {
  const rows = tableRows(document, 'preset').map((row) => row.slice(0, 3));
  const presets = rows.map(([preset = '']) => preset);
  const schema: unknown = JSON.parse(readFileSync(join(chartFolder, 'values.schema.json'), 'utf8'));
  expect(enumsIn(schema)).toContainEqual(presets);
  const helm = await createHelm();
  for (const [preset, pipelineLabel, triggerLabel] of rows) {
    const manifests = await helm.template({ injection: { enabled: true, sources: [{ preset }] } });
    const found = ofKind(manifests, 'MutatingAdmissionPolicy').find(({ metadata }) =>
      metadata.name.startsWith(`${preset}.`),
    );
    const { matchConstraints, variables } = Policy.parse(found).spec;
    const secret = variables.find(({ name }) => name === 'secret')?.expression ?? '';
    expect(matchConstraints.objectSelector.matchExpressions.at(-1)?.key).toBe(pipelineLabel);
    expect(/metadata\.labels\[\?'([^']+)'\]/.exec(secret)?.[1] ?? '').toBe(triggerLabel);
  }
});
