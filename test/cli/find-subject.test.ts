import { describe, expect, it } from 'vitest';
import { type Attempt, chooseSubject } from '../../src/cli/find-subject.ts';
import { kindNamed, kinds, parseOperand } from '../../src/cli/kinds.ts';
import { describePermission, missingPermission } from '../../src/cli/permission.ts';
import { ApiError } from '../../src/kube/errors.ts';
import { pipelineSubject, registrySubject } from './fixtures.ts';

const [registries, pipelines, clusterRegistries] = kinds as [Kind, Kind, Kind];
type Kind = (typeof kinds)[number];

const forbidden = (verb: string, resource: string, scope: string): ApiError =>
  new ApiError('get', 403, {
    reason: 'Forbidden',
    message: `${resource}.ecr-operator.dev "x" is forbidden: User "jane" cannot ${verb} resource "${resource}" in API group "ecr-operator.dev" ${scope}`,
  });
const notServed = new ApiError('get', 404, { message: '404 page not found' });

const found = (kind: Kind, { object }: { object: object }): Attempt =>
  ({ kind, outcome: 'found', object }) as Attempt;
const absent = (kind: Kind): Attempt => ({ kind, outcome: 'absent' });
const failed = (kind: Kind, error: unknown): Attempt => ({ kind, outcome: 'failed', error });

describe('an operand', () => {
  it('names a kind in every way that kubectl prints one', () => {
    for (const word of ['ecr', 'EcrRegistry', 'ecrregistries', 'ecrregistry.ecr-operator.dev'])
      expect(kindNamed(word)).toBe(registries);
    expect(parseOperand('cecr/shared')).toEqual({ name: 'shared', kind: clusterRegistries });
    expect(parseOperand('prod')).toEqual({ name: 'prod', kind: undefined });
  });

  it.each(['', 'ecr/', 'a/b/c', 'pod/x'])('%j is refused', (text) => {
    expect(() => parseOperand(text)).toThrow('see kubectl ecr help');
  });
});

describe('a bare name', () => {
  it('is the one object of that name, even where other kinds cannot be read', () => {
    const attempts = [
      found(registries, registrySubject()),
      failed(pipelines, notServed),
      failed(clusterRegistries, forbidden('get', 'clusterecrregistries', 'at the cluster scope')),
    ];
    expect(chooseSubject(attempts, 'prod', 'ci').kind).toBe('EcrRegistry');
  });

  it('must be said with its kind where there are several', () => {
    const attempts = [found(registries, registrySubject()), found(pipelines, pipelineSubject())];
    expect(() => chooseSubject(attempts, 'x', 'ci')).toThrow('say ecrregistry/x or ecrpipeline/x');
  });

  it('that nobody has is told with where it was looked for, and the right that is missing comes before that', () => {
    const nowhere = [absent(registries), absent(pipelines), absent(clusterRegistries)];
    expect(() => chooseSubject(nowhere, 'x', 'ci')).toThrow(
      'there is no EcrRegistry in namespace ci, no EcrPipeline in namespace ci, no ClusterEcrRegistry named x',
    );
    const denied = forbidden('get', 'clusterecrregistries', 'at the cluster scope');
    const attempts = [absent(registries), absent(pipelines), failed(clusterRegistries, denied)];
    expect(() => chooseSubject(attempts, 'x', 'ci')).toThrow(denied);
  });

  it('fails with the error that says most', () => {
    const down = new Error('connection refused');
    const denied = forbidden('get', 'ecrregistries', 'in the namespace "ci"');
    const all = [failed(registries, denied), failed(pipelines, notServed), failed(clusterRegistries, down)];
    expect(() => chooseSubject(all, 'x', 'ci')).toThrow(down);
  });
});

describe('a missing permission', () => {
  it('is read from what the API server says', () => {
    const missing = missingPermission(forbidden('patch', 'ecrregistries', 'in the namespace "ci"'));
    expect(missing).toEqual({
      user: 'jane',
      verb: 'patch',
      resource: 'ecrregistries.ecr-operator.dev',
      namespace: 'ci',
    });
    expect(missing && describePermission(missing)).toBe(
      'patch ecrregistries.ecr-operator.dev in namespace ci',
    );
  });

  it('is not what admission refuses with the same status', () => {
    const message = 'admission webhook "policy" denied the request: User "jane" is late';
    expect(missingPermission(new ApiError('create', 403, { reason: 'Forbidden', message }))).toBeUndefined();
    expect(missingPermission(new Error('x'))).toBeUndefined();
  });
});
