import { expect, test } from 'vitest';
import { errorChain } from '../../src/base/error-chain.ts';

test('the messages of all causes are told in order', () => {
  const error = new Error('reconcile ci/prod', {
    cause: new Error('sts', { cause: new Error('connect refused') }),
  });
  expect(errorChain(error)).toBe('reconcile ci/prod: sts: connect refused');
});

test('a message that already ends with that of its cause does not repeat it', () => {
  expect(errorChain(new Error('sts: refused', { cause: new Error('refused') }))).toBe('sts: refused');
});

test('properties of errors and thrown objects are never printed', () => {
  const withRequest = Object.assign(new Error('denied'), { request: { token: 'secret-token' } });
  expect(errorChain(withRequest)).toBe('denied');
  expect(errorChain({ token: 'secret-token' })).toBe('a thrown object');
});

test('causes that form a ring come to an end', () => {
  const a = new Error('a');
  const b = new Error('b', { cause: a });
  a.cause = b;
  expect(errorChain(a).startsWith('a: b: a')).toBe(true);
});
