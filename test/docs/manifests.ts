import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/kube/object.ts';
import { type Block, blocks } from './documents.ts';

type Found<T> = Pick<Block, 'where' | 'name'> & { readonly content: T };

/** The documents of all YAML blocks. Throws where one does not parse, or warns. */
function yamlDocuments(): readonly Found<unknown>[] {
  return blocks('yaml').flatMap(({ where, name, text }) =>
    parseAllDocuments(text).map((document) => {
      const problems = [...document.errors, ...document.warnings];
      if (problems.length > 0) throw new Error(`${where}: ${problems.join('; ')}`);
      return { where, name, content: document.toJS() as unknown };
    }),
  );
}

/** Objects of the Kubernetes API that the documents show. */
export function manifests(): readonly Found<KubeObject & { spec?: unknown }>[] {
  return yamlDocuments().filter((document): document is Found<KubeObject> => hasKind(document.content));
}

/** Values of the chart that the documents show: every YAML that is no object of Kubernetes. */
export function chartValues(): readonly Found<Record<string, unknown>>[] {
  return yamlDocuments().filter(
    (document): document is Found<Record<string, unknown>> => !hasKind(document.content),
  );
}

function hasKind(content: unknown): boolean {
  return typeof content === 'object' && content !== null && 'kind' in content;
}
