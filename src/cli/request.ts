import type { KubeClient } from '../kube/client.ts';
import { type Kind, kinds, type Subject } from './kinds.ts';

/** Field manager of what the command writes. */
export const fieldManager = 'kubectl-ecr';

export function typeOf(subject: Subject): Kind['type'] {
  const found = kinds.find(({ type }) => type.kind === subject.kind);
  if (found === undefined) throw new Error(`there is no kind ${subject.kind}`);
  return found.type;
}

/** Sets an annotation that asks the operator for something; gives the object with it. */
export async function request<S extends Subject>(
  client: Pick<KubeClient, 'mergePatch'>,
  subject: S,
  annotation: string,
  time: string,
  signal: AbortSignal,
): Promise<S> {
  const { namespace, name } = subject.object.metadata as { namespace?: string; name: string };
  const key = namespace === undefined ? { name } : { namespace, name };
  const patch = { metadata: { annotations: { [annotation]: time } } };
  const object = await client.mergePatch<S['object']>(typeOf(subject), key, patch, { fieldManager, signal });
  return { ...subject, object };
}
