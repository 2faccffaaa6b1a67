import { isForbidden } from '../kube/errors.ts';

/** What RBAC refused: a verb on a resource. */
export interface MissingPermission {
  readonly user: string;
  readonly verb: string;
  /** With its group, as RBAC tools take it: `ecrregistries.ecr-operator.dev`, `secrets`. */
  readonly resource: string;
  /** Undefined: in the whole cluster. */
  readonly namespace: string | undefined;
}

// The API server words every refusal of an authorizer like this; admission, which answers 403 too, words it otherwise.
const refusal =
  /User "([^"]*)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/;

/** What permission is missing, where that is why the API server refused. */
export function missingPermission(error: unknown): MissingPermission | undefined {
  const match = isForbidden(error) ? refusal.exec(error.message) : null;
  if (match === null) return undefined;
  const [, user = '', verb = '', plural = '', group = '', namespace] = match;
  return { user, verb, resource: group === '' ? plural : `${plural}.${group}`, namespace };
}

/** `get secrets in namespace ci`. */
export function describePermission({ verb, resource, namespace }: MissingPermission): string {
  return `${verb} ${resource} ${namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`}`;
}
