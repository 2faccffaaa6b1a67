import { expect, test } from 'vitest';
import { isNewer } from '../../src/kube/object-version.ts';
import { keyOf, parseKey } from '../../src/kube/object.ts';

test('a key says where its object is', () => {
  for (const metadata of [{ namespace: 'ci', name: 'prod.ecr' }, { name: 'ci' }])
    expect(parseKey(keyOf({ metadata }))).toEqual(metadata);
  expect(keyOf({ metadata: { namespace: 'ci', name: 'prod' } })).toBe('ci/prod');
});

test('resource versions compare as numbers, also beyond 2^53', () => {
  expect(isNewer('10', '9')).toBe(true);
  expect(isNewer('9', '10')).toBe(false);
  expect(isNewer('7', '7')).toBe(false);
  expect(isNewer('90071992547409931', '90071992547409930')).toBe(true);
});
