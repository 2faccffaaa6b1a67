import type { ApiRequest } from '../../kube/transport-request.ts';
import { creationPath, objectPath } from '../../kube/object-path.ts';
import { ApiError } from '../../kube/errors.ts';
import type { Connection } from '../connection.ts';
import { type Kind, kinds, type Subject } from '../kinds.ts';
import { missingPermission } from '../permission.ts';
import { fieldManager } from '../request.ts';
import type { Draft } from './read-file.ts';

/** What the API server would do with an object. */
export type Admission =
  /** The object as it would be stored, defaults filled in. */
  | { readonly kind: 'admitted'; readonly subject: Subject }
  /** A line for each thing that is wrong. */
  | { readonly kind: 'refused'; readonly messages: readonly string[] };

/**
 * Lets the API server admit an object and throw it away: schema, rules, defaults, webhooks and policies all have their say.
 * It is created, or replaces the one of that name. Missing permissions and lost connections are thrown.
 */
export async function dryRun(
  { kind, object }: Draft,
  namespace: string,
  { client, transport, signal }: Connection,
): Promise<Admission> {
  const type = typeNamed(kind);
  const key = { name: object.metadata.name, ...(type.namespaced ? { namespace } : {}) };
  const stored = await client.get<Subject['object']>(type, key, { signal });
  const { resourceVersion } = stored?.metadata ?? {};
  const metadata = { ...object.metadata, ...key, ...(stored && { resourceVersion }) };
  const path = stored === undefined ? creationPath(type, key) : objectPath(type, key);
  const request: ApiRequest = {
    method: stored === undefined ? 'POST' : 'PUT',
    path: `${path}?dryRun=All&fieldValidation=Strict&fieldManager=${fieldManager}`,
    resource: type.plural,
    what: `try ${kind} ${key.name}`,
    accept: 'application/json',
    contentType: 'application/json',
    body: JSON.stringify({ ...object, metadata }),
    signal,
  };
  try {
    const admitted = await transport.call<Subject['object']>(request);
    return { kind: 'admitted', subject: { kind, object: admitted } as Subject };
  } catch (error) {
    const messages = refusalOf(error);
    if (messages === undefined) throw error;
    return { kind: 'refused', messages };
  }
}

/** 400 is an object that cannot be read, 403 a policy or webhook, 422 a rule of the schema. */
const refusals = [400, 403, 422];

/** What admission has against an object; undefined where the error is another. */
export function refusalOf(error: unknown): string[] | undefined {
  if (!(error instanceof ApiError) || !refusals.includes(error.status)) return undefined;
  if (missingPermission(error) !== undefined) return undefined;
  const causes = error.causes.flatMap(({ field, message }) =>
    message === undefined ? [] : [field ? `${field}: ${message}` : message],
  );
  return causes.length > 0 ? causes : [error.message];
}

function typeNamed(kind: Subject['kind']): Kind['type'] {
  const found = kinds.find(({ type }) => type.kind === kind);
  if (found === undefined) throw new Error(`there is no kind ${kind}`);
  return found.type;
}
