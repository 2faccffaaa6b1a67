import { readFile } from 'node:fs/promises';
import { apiVersion, group } from '../../api/names.ts';
import { errorChain } from '../../base/error-chain.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import { TimeIsUp } from '../connection.ts';
import { CommandFailure, exitCode, usageError } from '../exit-code.ts';
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

/** What files hold. */
export interface FileContent {
  readonly drafts: readonly Draft[];
  /** What is no object of ours, in words. */
  readonly passedOver: readonly string[];
}

/**
 * Reads the objects of files, or of standard input for `-`. Throws a CommandFailure where there are none to test, and the
 * reason of `signal` when that aborts.
 */
export async function readDrafts(
  files: readonly string[],
  io: Pick<Io, 'readInput'>,
  signal: AbortSignal,
): Promise<FileContent> {
  const drafts: Draft[] = [];
  const passedOver: string[] = [];
  for (const file of files) {
    const documents = (await parse(file, io, signal)).flatMap(itemsOf);
    if (documents.length === 0) throw usageError(`${file} holds no object`);
    drafts.push(...documents.filter((one) => !isOther(one)).map((one) => draftOf(file, one)));
    passedOver.push(...documents.filter(isOther).map((one) => `${file}: ${describe(one)}`));
  }
  const [first] = passedOver;
  if (drafts.length === 0 && first !== undefined) throw cannotBeTested(first);
  return { drafts, passedOver };
}

function cannotBeTested(what: string): CommandFailure {
  const known = kinds.map(({ type }) => type.kind).join(', ');
  return usageError(`${what} cannot be tested, only ${known} of ${apiVersion}`);
}

async function parse(file: string, io: Pick<Io, 'readInput'>, signal: AbortSignal): Promise<unknown[]> {
  const { fromYaml } = await import('../yaml-text.ts');
  try {
    return fromYaml(
      file === '-' ? await untilAborted(io.readInput(signal), signal) : await readFile(file, 'utf8'),
    );
  } catch (error) {
    if (signal.reason instanceof TimeIsUp) throw tooLate(file, signal.reason);
    signal.throwIfAborted();
    throw usageError(`cannot read ${file}: ${errorChain(error)}`);
  }
}

function tooLate(file: string, cause: TimeIsUp): CommandFailure {
  return new CommandFailure(exitCode.unknown, `${file} has not ended, and ${cause.message}`, { cause });
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(document: unknown): Fields | undefined {
  return typeof document === 'object' && document !== null ? (document as Fields) : undefined;
}

/** The items of a List, such as kubectl prints, and of lists in it. */
function itemsOf(document: unknown): unknown[] {
  const fields = fieldsOf(document);
  const items = fields?.['kind'] === 'List' ? fields['items'] : undefined;
  return Array.isArray(items) ? items.flatMap(itemsOf) : [document];
}

/** Whether it is an object of somebody else, which is in the same file for a reason. */
function isOther(document: unknown): boolean {
  const { apiVersion: version, kind } = fieldsOf(document) ?? {};
  return typeof version === 'string' && typeof kind === 'string' && version.split('/')[0] !== group;
}

function describe(document: unknown): string {
  const { apiVersion: version, kind, metadata } = fieldsOf(document) ?? {};
  const name = fieldsOf(metadata)?.['name'];
  return `${String(version)} ${String(kind)}${typeof name === 'string' ? ` ${name}` : ''}`;
}

/** Pure but for the error: takes one document for what it says it is. */
export function draftOf(file: string, document: unknown): Draft {
  const object = fieldsOf(document);
  const found = kinds.find(
    ({ type }) => type.kind === object?.['kind'] && object['apiVersion'] === apiVersion,
  );
  if (object === undefined || found === undefined) throw cannotBeTested(`${file}: ${describe(document)}`);
  const metadata = object['metadata'] as Partial<DraftMetadata> | undefined;
  const name = metadata?.name;
  if (typeof name !== 'string' || name === '')
    throw usageError(`${file}: a ${found.type.kind} has no metadata.name`);
  return { kind: found.type.kind, object: { ...object, metadata: { ...metadata, name } } };
}
