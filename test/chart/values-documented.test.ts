import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const chart = join(import.meta.dirname, '../../charts/ecr-operator');
const read = (name: string): string => readFileSync(join(chart, name), 'utf8');

interface Documented {
  readonly path: string;
  readonly meaning: string;
  readonly default: string;
}

const Node = z.looseObject({
  type: z.string().optional(),
  description: z.string().optional(),
  additionalProperties: z.union([z.boolean(), z.looseObject({})]).optional(),
});
const Fields = z.record(z.string(), z.unknown());
const ObjectNode = Node.extend({ properties: z.record(z.string(), z.unknown()) });

/** One entry for each value that a user sets as a whole: a described node of the schema, with its default. */
function fromSchema(schema: unknown, value: unknown, path: string[] = []): Documented[] {
  const node = ObjectNode.safeParse(schema).data;
  const described = Node.parse(schema).description;
  if (node === undefined || described !== undefined) {
    return [{ path: path.join('.'), meaning: described ?? '', default: JSON.stringify(value) ?? 'missing' }];
  }
  return Object.entries(node.properties)
    .filter(([key]) => key !== 'global')
    .flatMap(([key, child]) => fromSchema(child, Fields.safeParse(value).data?.[key], [...path, key]));
}

function fromReadme(): Documented[] {
  const rows =
    read('README.md')
      .split('## Values')[1]
      ?.match(/^\| `.*$/gm) ?? [];
  return rows.map((row) => {
    const [path = '', meaning = '', fallback = ''] = row
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return { path: path.replaceAll('`', ''), meaning, default: fallback.replaceAll('`', '') };
  });
}

/** Paths of all objects of the schema that would accept a misspelt field. */
function openObjects(schema: unknown, path = ''): string[] {
  const node = ObjectNode.safeParse(schema).data;
  if (node === undefined) return [];
  const inside = Object.entries(node.properties).flatMap(([key, child]) =>
    openObjects(child, `${path}/${key}`),
  );
  return node.additionalProperties === false ? inside : [`${path}/`, ...inside];
}

const schema: unknown = JSON.parse(read('values.schema.json'));
const values: unknown = parse(read('values.yaml'));

it('the README lists every value with the meaning from the schema and the default from values.yaml', () => {
  expect(fromReadme()).toEqual(fromSchema(schema, values));
});

it('values.yaml holds a default for every value of the schema', () => {
  expect(fromSchema(schema, values).filter((entry) => entry.default === 'missing')).toEqual([]);
});

it('the schema accepts no field that it does not list', () => {
  expect(openObjects(schema)).toEqual([]);
});
