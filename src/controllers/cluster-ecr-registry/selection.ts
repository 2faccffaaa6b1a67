import type { ClusterEcrRegistrySpec } from '../../api/cluster-ecr-registry.ts';
import { matchesGlob } from '../../base/glob.ts';
import type { NamespaceFacts } from '../view/namespace-facts.ts';

type Where = Pick<ClusterEcrRegistrySpec, 'namespaceSelector' | 'namespaces'>;
type Expression = NonNullable<NonNullable<Where['namespaceSelector']>['matchExpressions']>[number];

/**
 * Whether a registry keeps a Secret in a namespace: its labels match, its name is included and not excluded, and it is
 * not being deleted. Pure.
 */
export function selects(
  { namespaceSelector, namespaces }: Where,
  name: string,
  facts: Omit<NamespaceFacts, 'uid'>,
): boolean {
  const { include, exclude = [] } = namespaces ?? {};
  if (facts.terminating) return false;
  // Admission refuses a registry that says neither; one that got here all the same selects nothing.
  if (namespaceSelector === undefined && !include?.length) return false;
  if (include?.length && !include.some((pattern) => matchesGlob(pattern, name))) return false;
  if (exclude.some((pattern) => matchesGlob(pattern, name))) return false;
  const { matchLabels = {}, matchExpressions = [] } = namespaceSelector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => facts.labels[key] === value) &&
    matchExpressions.every((expression) => holds(expression, facts.labels))
  );
}

/** As the API server evaluates label selectors: NotIn holds for a label that is not there. */
function holds({ key, operator, values = [] }: Expression, labels: NamespaceFacts['labels']): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
