import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IllegalNameError } from '../../src/kube/errors.ts';
import { leases, namespaces, secrets } from '../../src/kube/object.ts';
import { collectionPath, creationPath, objectPath } from '../../src/kube/object-path.ts';

describe('paths', () => {
  test('a kind of the core group lives under /api, one of another group under /apis', () => {
    expect(objectPath(secrets, { namespace: 'ci', name: 'prod' })).toBe('/api/v1/namespaces/ci/secrets/prod');
    expect(objectPath(leases, { namespace: 'ci', name: 'x' }, 'status')).toBe(
      '/apis/coordination.k8s.io/v1/namespaces/ci/leases/x/status',
    );
  });

  test('without a namespace the collection is that of all namespaces', () => {
    expect(collectionPath(secrets)).toBe('/api/v1/secrets');
    expect(collectionPath(secrets, 'ci')).toBe('/api/v1/namespaces/ci/secrets');
  });

  test('a cluster-scoped kind has no namespace in its path', () => {
    expect(objectPath(namespaces, { name: 'ci' })).toBe('/api/v1/namespaces/ci');
  });

  test('an object of a namespaced kind without a namespace is refused rather than looked for everywhere', () => {
    expect(() => objectPath(secrets, { name: 'prod' })).toThrow('Secret "prod" needs a namespace');
    expect(() => creationPath(secrets, { name: 'prod' })).toThrow(IllegalNameError);
  });
});

describe('names that users choose', () => {
  test.each(['', '.', '..', 'a/b', '../x', 'a?b', 'a#b', 'a%2fb', 'a b', 'a\nb', 'ä', 'x'.repeat(254)])(
    '%j is refused as a name and as a namespace',
    (bad) => {
      expect(() => objectPath(secrets, { namespace: 'ci', name: bad })).toThrow(IllegalNameError);
      expect(() => collectionPath(secrets, bad)).toThrow(IllegalNameError);
    },
  );

  test('the error names the kind, the field, the name and the character', () => {
    expect(() => objectPath(secrets, { namespace: 'ci', name: '../kube-system' })).toThrow(
      'Secret: the name "../kube-system" is no legal name: it contains "/"',
    );
  });

  test('whatever the name is, the path stays in the collection or there is none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (name) => {
        let path: string;
        try {
          path = objectPath(secrets, { namespace: 'ci', name });
        } catch (error) {
          expect(error).toBeInstanceOf(IllegalNameError);
          return;
        }
        const seen = new URL(path, 'http://server');
        expect(seen.pathname.split('/').slice(0, -1).join('/')).toBe('/api/v1/namespaces/ci/secrets');
        expect(decodeURIComponent(seen.pathname.split('/').at(-1) ?? '')).toBe(name);
        expect(seen.search + seen.hash).toBe('');
      }),
    );
  });
});
