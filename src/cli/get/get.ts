import type { Invocation } from '../arguments.ts';
import { isKindNotServed } from '../cluster-trouble.ts';
import type { Connection } from '../connection.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { type Io, note, printLines } from '../io.ts';
import { type Kind, kindNamed, kinds, type Subject } from '../kinds.ts';
import { describePermission, missingPermission } from '../permission.ts';
import { printData } from '../print-data.ts';
import { tableLines } from '../table.ts';
import { tableRows } from './rows.ts';

/** Lists the objects of all kinds, or of one. Kinds that cannot be read are told, and fail the command only if none can. */
export async function runGet(
  { operands, options }: Invocation,
  cluster: Connection,
  io: Io,
): Promise<ExitCode> {
  const [word] = operands;
  const namespace = options.allNamespaces ? undefined : cluster.namespace;
  const subjects = await listSubjects(word === undefined ? kinds : [kindNamed(word)], namespace, cluster, io);
  const list = { apiVersion: 'v1', kind: 'List', items: subjects.map(({ object }) => object) };
  if (await printData(io, options.output, list)) return exitCode.ok;
  if (subjects.length === 0) {
    note(
      io,
      `there is nothing ${namespace === undefined ? 'in any namespace' : `in namespace ${namespace}`}`,
    );
    return exitCode.ok;
  }
  const shape = { namespaces: options.allNamespaces, wide: options.output === 'wide' };
  printLines(io, tableLines(tableRows(subjects, shape, io.clock.now())));
  return exitCode.ok;
}

async function listSubjects(
  wanted: readonly Kind[],
  namespace: string | undefined,
  cluster: Connection,
  io: Io,
): Promise<Subject[]> {
  const results = await Promise.allSettled(wanted.map((kind) => listKind(kind, namespace, cluster)));
  const errors: unknown[] = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const [serious] = errors.filter((error) => !maySkip(error));
  if (serious !== undefined) throw serious;
  if (errors.length === wanted.length) throw errors[0];
  for (const error of errors) note(io, whyNotListed(error));
  return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}

function maySkip(error: unknown): boolean {
  return missingPermission(error) !== undefined || isKindNotServed(error);
}

function whyNotListed(error: unknown): string {
  const missing = missingPermission(error);
  if (missing !== undefined) return `not listed, as you may not: ${describePermission(missing)}`;
  return `not listed, as the API server does not know it: ${(error as Error).message.split(':')[0]}`;
}

async function listKind(
  { type }: Kind,
  namespace: string | undefined,
  { client, signal }: Connection,
): Promise<Subject[]> {
  const where = type.namespaced ? { namespace } : {};
  const { items } = await client.list<Subject['object']>(type, { ...where, signal });
  return items.map((item) => {
    // Items of a list come without these.
    const object = { ...item, apiVersion: type.apiVersion, kind: type.kind };
    return { kind: type.kind, object } as Subject;
  });
}
