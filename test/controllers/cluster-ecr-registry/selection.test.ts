import { describe, expect, it } from 'vitest';
import { selects } from '../../../src/controllers/cluster-ecr-registry/selection.ts';

type Where = Parameters<typeof selects>[0];

const facts = (labels: Record<string, string> = {}, terminating = false) => ({ labels, terminating });
const byExpression = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values?: string[]): Where => ({
  namespaceSelector: { matchExpressions: [{ key: 'env', operator, ...(values && { values }) }] },
});

describe('a cluster registry', () => {
  it.each<[string, Where, string, Record<string, string>, boolean]>([
    ['an empty selector', { namespaceSelector: {} }, 'web', {}, true],
    ['a label', { namespaceSelector: { matchLabels: { env: 'prod' } } }, 'web', { env: 'prod' }, true],
    ['another label', { namespaceSelector: { matchLabels: { env: 'prod' } } }, 'web', { env: 'dev' }, false],
    ['In', byExpression('In', ['prod', 'dev']), 'web', { env: 'dev' }, true],
    ['In, without the label', byExpression('In', ['prod']), 'web', {}, false],
    ['NotIn', byExpression('NotIn', ['prod']), 'web', { env: 'prod' }, false],
    ['NotIn, without the label', byExpression('NotIn', ['prod']), 'web', {}, true],
    ['Exists', byExpression('Exists'), 'web', { env: '' }, true],
    ['DoesNotExist', byExpression('DoesNotExist'), 'web', { env: '' }, false],
    ['an included name', { namespaces: { include: ['team-*'] } }, 'team-a', {}, true],
    ['no included name', { namespaces: { include: ['team-*'] } }, 'web', {}, false],
    [
      'an excluded name',
      { namespaceSelector: {}, namespaces: { exclude: ['kube-*'] } },
      'kube-system',
      {},
      false,
    ],
    [
      'both',
      { namespaceSelector: { matchLabels: { a: 'b' } }, namespaces: { include: ['w*'] } },
      'web',
      {},
      false,
    ],
    ['nothing at all', {}, 'web', {}, false],
    ['exclusion alone', { namespaces: { exclude: ['web'] } }, 'ci', {}, false],
    ['an empty list of names', { namespaces: { include: [] } }, 'web', {}, false],
  ])('that says %s', (_what, where, name, labels, selected) => {
    expect(selects(where, name, facts(labels))).toBe(selected);
  });

  it('selects no namespace that is being deleted', () => {
    expect(selects({ namespaceSelector: {} }, 'web', facts({}, true))).toBe(false);
  });
});
