import { describe, expect, it } from 'vitest';
import { customResourceDefinitions } from '../../src/api/crds.ts';
import { staleFiles } from '../../tools/generate.ts';

type Node = Record<string, unknown>;

/** Every schema node below `spec`, with its path. */
function* nodes(node: Node, path: string): Generator<[string, Node]> {
  yield [path, node];
  for (const [name, child] of Object.entries((node['properties'] as Node | undefined) ?? {})) {
    yield* nodes(child as Node, `${path}.${name}`);
  }
  if (node['items']) yield* nodes(node['items'] as Node, `${path}[]`);
  if (node['additionalProperties']) yield* nodes(node['additionalProperties'] as Node, `${path}{}`);
}

const schemas = [...customResourceDefinitions().values()].map((crd) => {
  const { names, versions } = crd['spec'] as {
    names: { kind: string };
    versions: { schema: { openAPIV3Schema: Node } }[];
  };
  const root = versions[0]?.schema.openAPIV3Schema ?? {};
  return [names.kind, (root['properties'] as Node)['spec'] as Node] as const;
});

describe('CRDs', () => {
  it('are checked in as the sources generate them (else run make generate)', () => {
    expect(staleFiles()).toEqual([]);
  });

  describe.each(schemas)('%s', (_kind, spec) => {
    const all = [...nodes(spec, 'spec')];

    it('describes every field, so that kubectl explain teaches', () => {
      const silent = all
        .filter(([path, n]) => !n['description'] && !/(\[\]|\{\})$/.test(path))
        .map(([path]) => path);
      expect(silent).toEqual([]);
    });

    it('bounds every string, list and map, so that nobody can store what etcd or CEL cannot bear', () => {
      const open = all
        .filter(
          ([, n]) =>
            (n['type'] === 'string' && n['maxLength'] === undefined && n['enum'] === undefined) ||
            (n['type'] === 'array' && n['maxItems'] === undefined) ||
            (n['additionalProperties'] !== undefined && n['maxProperties'] === undefined),
        )
        .map(([path]) => path);
      expect(open).toEqual([]);
    });

    it('says what to write instead with every CEL rule', () => {
      const rules = all.flatMap(
        ([, n]) => (n['x-kubernetes-validations'] as { message?: string }[] | undefined) ?? [],
      );
      expect(rules.length).toBeGreaterThan(5);
      expect(rules.filter((rule) => (rule.message ?? '').length < 20)).toEqual([]);
    });
  });
});
