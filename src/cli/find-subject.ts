import type { KubeClient } from '../kube/client.ts';
import { isKindNotServed } from './cluster-trouble.ts';
import { CommandFailure, exitCode, usageError } from './exit-code.ts';
import { type Kind, kinds, type Operand, operandText, type Subject } from './kinds.ts';
import { missingPermission } from './permission.ts';

/** What came of looking for an object of one kind. */
export type Attempt =
  | { readonly kind: Kind; readonly outcome: 'found'; readonly object: Subject['object'] }
  | { readonly kind: Kind; readonly outcome: 'absent' }
  | { readonly kind: Kind; readonly outcome: 'failed'; readonly error: unknown };

/** Reads the object that a person named. A bare name is looked for among all kinds; the errors are those of the client. */
export async function findSubject(
  client: Pick<KubeClient, 'get'>,
  { name, kind }: Operand,
  namespace: string,
  signal: AbortSignal,
): Promise<Subject> {
  const attempts = (kind === undefined ? kinds : [kind]).map((k) =>
    attempt(client, k, name, namespace, signal),
  );
  return chooseSubject(await Promise.all(attempts), name, namespace);
}

async function attempt(
  client: Pick<KubeClient, 'get'>,
  kind: Kind,
  name: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Attempt> {
  const key = kind.type.namespaced ? { namespace, name } : { name };
  try {
    const object = await client.get<Subject['object']>(kind.type, key, { signal });
    return object === undefined ? { kind, outcome: 'absent' } : { kind, outcome: 'found', object };
  } catch (error) {
    return { kind, outcome: 'failed', error };
  }
}

/**
 * The one object of this name. Kinds that cannot be read are passed over when another one has it: whoever works in one
 * namespace often may not read what is cluster-scoped.
 */
export function chooseSubject(attempts: readonly Attempt[], name: string, namespace: string): Subject {
  const found = attempts.filter((a) => a.outcome === 'found');
  const [first, second] = found;
  if (second !== undefined) {
    const choices = found.map(({ kind }) => operandText(kind.type.kind, name)).join(' or ');
    throw usageError(`${name} is the name of several objects: say ${choices}`);
  }
  // The kind decides the type of the object.
  if (first !== undefined) return { kind: first.kind.type.kind, object: first.object } as Subject;
  const failed = attempts.filter((a) => a.outcome === 'failed');
  // The most telling first: neither a right that only other kinds need nor a kind that an older chart has not.
  const [worst] = failed.toSorted((a, b) => weight(b.error) - weight(a.error));
  if (worst !== undefined) throw worst.error;
  throw notFound(attempts, name, namespace);
}

function weight(error: unknown): number {
  if (isKindNotServed(error)) return 1;
  return missingPermission(error) === undefined ? 2 : 0;
}

function notFound(attempts: readonly Attempt[], name: string, namespace: string): CommandFailure {
  const places = attempts.map(
    ({ kind: { type } }) => `${type.kind}${type.namespaced ? ` in namespace ${namespace}` : ''}`,
  );
  const message = `there is no ${places.join(', no ')} named ${name}: see kubectl ecr get -A`;
  return new CommandFailure(exitCode.no, message);
}
