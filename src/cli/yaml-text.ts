import { dumpYaml, loadYaml } from '@kubernetes/client-node';

/** An object as YAML; keys stay in their order. */
export function toYaml(value: unknown): string {
  // Undefined members, which JSON leaves out, would be an error in YAML.
  return dumpYaml(JSON.parse(JSON.stringify(value)) as unknown, { lineWidth: -1, noRefs: true });
}

/** At the beginning of a line these characters part documents wherever they stand, even in a block of text. */
const separator = /^---(?=\s|$)/mu;

/** The documents of a YAML or JSON text, empty ones left out. Throws an error that names the line of the document. */
export function fromYaml(text: string): unknown[] {
  // The library takes an empty document, such as the one before a leading separator, for an error.
  const documents = text.split(separator).filter((document) => !isEmpty(document));
  return documents.map((document) => loadYaml<unknown>(document));
}

function isEmpty(document: string): boolean {
  return document.split('\n').every((line) => /^\s*(#|$)/u.test(line));
}
