import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/kube/object.ts';
import { type Block, blocks } from './documents.ts';

type Found<T> = Pick<Block, 'where' | 'path' | 'name'> & { readonly content: T };

/** The documents of all YAML blocks. Throws where one does not parse, or warns. */
function yamlDocuments(): readonly Found<unknown>[] {
  return blocks('yaml').flatMap(({ where, path, name, text }) =>
    parseAllDocuments(text).map((document) => {
      const problems = [...document.errors, ...document.warnings];
      if (problems.length > 0) throw new Error(`${where}: ${problems.join('; ')}`);
      return { where, path, name, content: document.toJS() as unknown };
    }),
  );
}

/** Objects that the documents show and that an API server with the operator's CRDs knows. */
export function manifests(): readonly Found<KubeObject & { spec?: unknown }>[] {
  return objects().filter(({ content }) => !isForeign(content));
}

/** Objects of Tekton and Argo. */
export function foreignManifests(): readonly Found<KubeObject & { spec?: unknown }>[] {
  return objects().filter(({ content }) => isForeign(content));
}

/** Values of the chart that the documents show: every YAML that is neither an object nor for somebody else. */
export function chartValues(): readonly Found<Record<string, unknown>>[] {
  return yamlDocuments().filter(
    (document): document is Found<Record<string, unknown>> =>
      !has(document.content, 'kind') && !has(document.content, 'githubConfigUrl'),
  );
}

function objects(): readonly Found<KubeObject>[] {
  // A pipeline of Codefresh has a kind too.
  return yamlDocuments().filter((document): document is Found<KubeObject> =>
    ['kind', 'apiVersion'].every((field) => has(document.content, field)),
  );
}

function isForeign({ apiVersion = '' }: KubeObject): boolean {
  return /^(tekton\.dev|argoproj\.io)\//.test(apiVersion);
}

function has(content: unknown, field: string): boolean {
  return typeof content === 'object' && content !== null && field in content;
}
