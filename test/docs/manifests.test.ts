import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { customResourceDefinitions } from '../../src/api/crds.ts';
import { ecrRegistry } from '../../src/api/ecr-registry.schema.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { root } from './documents.ts';
import { chartValues, manifests } from './manifests.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The same schema, refusing fields that it does not list. */
function closed(schema: JsonSchema): JsonSchema {
  const { properties, items } = schema as { properties?: Record<string, JsonSchema>; items?: JsonSchema };
  const inside = Object.entries(properties ?? {}).map(([key, child]) => [key, closed(child)]);
  return {
    ...schema,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(inside), additionalProperties: false }),
    ...(items === undefined ? {} : { items: closed(items) }),
  };
}

/** What is wrong with a value, by path. */
function problems(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const crds = z.record(
  z.string(),
  z.object({
    spec: z.object({
      versions: z.array(
        z.object({ schema: z.object({ openAPIV3Schema: z.record(z.string(), z.unknown()) }) }),
      ),
    }),
  }),
);
const [definition] = Object.values(crds.parse(Object.fromEntries(customResourceDefinitions())));
const closedCrd = z.fromJSONSchema(closed(definition?.spec.versions[0]?.schema.openAPIV3Schema ?? {}));
const valuesSchema = z.fromJSONSchema(
  JSON.parse(readFileSync(join(root, 'charts/ecr-operator/values.schema.json'), 'utf8')) as JsonSchema,
);

const registries = manifests().filter(({ content }) => content.kind === ecrRegistries.kind);
const values = chartValues();

it('the documents show registries of each source, and values of the chart', () => {
  const text = JSON.stringify(registries.map(({ content }) => content));
  for (const source of ['"AccessKey"', '"Operator"', '"serviceAccounts"']) expect(text).toContain(source);
  expect(values.length).toBeGreaterThan(5);
});

describe.each(registries)('the EcrRegistry $where', ({ content }) => {
  it('is of the served version and fits the schema', () => {
    expect(content.apiVersion).toBe(ecrRegistries.apiVersion);
    expect(problems(ecrRegistry, content)).toEqual([]);
  });

  it('has no field that the CRD does not know', () => {
    expect(problems(closedCrd, { ...content, metadata: {} })).toEqual([]);
    const { metadata } = content;
    expect(Object.keys(metadata).toSorted()).toEqual(['name', 'namespace']);
  });
});

it('a misspelt field of an EcrRegistry would be found at any depth', () => {
  const spec = { region: 'eu-west-1', credentials: { assumeRoles: [{ roleArn: 'arn', externalID: 'x' }] } };
  expect(problems(closedCrd, { spec })).toEqual([
    'spec.credentials.assumeRoles.0: Unrecognized key: "externalID"',
  ]);
});

it('no two manifests have kind, namespace and name in common', () => {
  const ids = manifests()
    .filter(({ path }) => path !== 'README.md')
    .map(({ content: { kind, metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  expect(ids).toEqual([...new Set(ids)]);
});

it.each(values)('the chart has the values of $where', ({ content }) => {
  expect(problems(valuesSchema, content)).toEqual([]);
});
