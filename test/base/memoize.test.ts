import { expect, test } from 'vitest';
import { memoize } from '../../src/base/memoize.ts';

test('a text that was seen lately is not computed again, and an older one is', () => {
  const computed: string[] = [];
  const upper = memoize(2, (text) => {
    computed.push(text);
    return { text: text.toUpperCase() };
  });
  expect(upper('a')).toBe(upper('a'));
  upper('b');
  upper('c');
  upper('b');
  expect(upper('a')).toEqual({ text: 'A' });
  expect(computed).toEqual(['a', 'b', 'c', 'a']);
});
