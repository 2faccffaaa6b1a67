import { readFile } from 'node:fs/promises';
import { apiVersion } from '../../api/names.ts';
import { errorChain } from '../../base/error-chain.ts';
import { usageError } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { kinds, type Subject } from '../kinds.ts';

/** An object as a user writes it: neither checked nor filled in with defaults. */
export interface Draft {
  readonly kind: Subject['kind'];
  readonly object: Readonly<Record<string, unknown>> & { readonly metadata: DraftMetadata };
}

interface DraftMetadata {
  readonly name: string;
  readonly namespace?: string;
}

/** Reads the objects of a file, or of standard input for `-`. Throws a CommandFailure where there are none to test. */
export async function readDrafts(file: string, io: Pick<Io, 'readInput'>): Promise<Draft[]> {
  const documents = await parse(file, io);
  if (documents.length === 0) throw usageError(`${file} holds no object`);
  return documents.map((document) => draftOf(file, document));
}

async function parse(file: string, io: Pick<Io, 'readInput'>): Promise<unknown[]> {
  const { fromYaml } = await import('../yaml-text.ts');
  try {
    return fromYaml(file === '-' ? await io.readInput() : await readFile(file, 'utf8'));
  } catch (error) {
    throw usageError(`cannot read ${file}: ${errorChain(error)}`);
  }
}

/** Pure but for the error: takes one document for what it says it is. */
export function draftOf(file: string, document: unknown): Draft {
  const object = (typeof document === 'object' ? document : undefined) as Record<string, unknown> | undefined;
  const found = kinds.find(
    ({ type }) => type.kind === object?.['kind'] && object['apiVersion'] === apiVersion,
  );
  if (object === undefined || found === undefined) {
    const known = kinds.map(({ type }) => type.kind).join(', ');
    const is = `${String(object?.['apiVersion'])} ${String(object?.['kind'])}`;
    throw usageError(`${file}: ${is} cannot be tested, only ${known} of ${apiVersion}`);
  }
  const metadata = object['metadata'] as Partial<DraftMetadata> | undefined;
  const name = metadata?.name;
  if (typeof name !== 'string' || name === '')
    throw usageError(`${file}: a ${found.type.kind} has no metadata.name`);
  return { kind: found.type.kind, object: { ...object, metadata: { ...metadata, name } } };
}
