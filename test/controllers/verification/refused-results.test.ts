import { expect, test } from 'vitest';
import { annotations } from '../../../src/api/names.ts';
import { isRefused, RefusedResults } from '../../../src/controllers/verification/refused-results.ts';
import { ApiError } from '../../../src/kube/errors.ts';

const object = (generation: number, requested: string, uid = 'u1') => ({
  metadata: { uid, generation, annotations: { [annotations.testRequestedAt]: requested } },
});
const [one, another] = ['2026-01-01T12:00:00Z', '2026-01-01T12:00:01Z'];

test('a result that was refused counts until somebody asks again, or the object is another', () => {
  const refused = new RefusedResults();
  refused.add('ci/prod', object(3, one));
  expect(refused.has('ci/prod', object(3, one))).toBe(true);
  expect(refused.has('ci/other', object(3, one))).toBe(false);
  expect(refused.has('ci/prod', object(3, another))).toBe(false);
  expect(refused.has('ci/prod', object(4, one))).toBe(false);
  expect(refused.has('ci/prod', object(3, one, 'u2'))).toBe(false);
  refused.delete('ci/prod');
  expect(refused.has('ci/prod', object(3, one))).toBe(false);
});

test.each([
  [400, true],
  [422, true],
  [409, false],
  [500, false],
])('a status that is answered with %i is refused for good: %s', (status, is) => {
  expect(isRefused(new ApiError('apply', status, {}))).toBe(is);
});
