import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that the paths of documents are relative to. */
export const root = join(import.meta.dirname, '../..');

export interface Document {
  /** From the root of the project, such as `docs/metrics.md`. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a document. */
export interface Block {
  /** To find it by: its name, else path and line. */
  readonly where: string;
  /** The document that it stands in. */
  readonly path: string;
  /** The file name that the paragraph before it gives it, such as `pull.json`. */
  readonly name: string | undefined;
  /** Without the indentation of the list that it may stand in. */
  readonly text: string;
}

/** What users read. */
export const documents: readonly Document[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'charts/ecr-operator/README.md',
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** The document of this path. */
export function documentAt(path: string): Document {
  const found = documents.find((document) => document.path === path);
  if (found === undefined) throw new Error(`there is no document ${path}`);
  return found;
}

const fence = /^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```/gm;

/** All blocks of a language, of all documents. */
export function blocks(language: 'json' | 'yaml'): readonly Block[] {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(fence)]
      .filter(([, , tag]) => tag === language)
      .map(({ index, 1: indent = '', 3: content = '' }) => {
        const before = text.slice(0, index);
        const name = fileNameIn(
          before
            .trimEnd()
            .split(/\n\s*\n/)
            .at(-1) ?? '',
          language,
        );
        return {
          path,
          where: name ?? `block at ${path}:${before.split('\n').length}`,
          name,
          text: content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
        };
      }),
  );
}

/** The block that its document calls by this file name. */
export function blockNamed(name: string): Block {
  const [block, another] = blocks(name.endsWith('.json') ? 'json' : 'yaml').filter((b) => b.name === name);
  if (block === undefined) throw new Error(`no document has a block ${name}`);
  if (another !== undefined) throw new Error(`${name} is both ${block.where} and ${another.where}`);
  return block;
}

/** The cells of a table, by row, without the back-ticks of code; found by the text of its first header cell. */
export function tableRows({ path, text }: Document, firstHeader: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => cellsOf(line)[0] === firstHeader);
  if (head < 0) throw new Error(`${path} has no table that begins with ${firstHeader}`);
  const rest = lines.slice(head + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end < 0 ? undefined : end).map(cellsOf);
}

function cellsOf(line: string): string[] {
  if (!line.startsWith('|')) return [];
  const cells = line.split('|').slice(1, -1);
  return cells.map((cell) => cell.replaceAll('`', '').trim());
}

function fileNameIn(paragraph: string, extension: string): string | undefined {
  const names = [...paragraph.matchAll(/`([\w-]+\.(?:json|yaml))`/g)].map(([, name]) => name);
  return names.findLast((name) => name?.endsWith(`.${extension}`));
}
