import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoted } from '../../src/aws/quoted.ts';

it('quotes plain text as it is', () => {
  expect(quoted('eu-west-1')).toBe('"eu-west-1"');
});

it('shows quotes, line breaks, terminal codes and look-alikes as escapes', () => {
  expect(quoted('a"b\\\n\u001b[31m\u202eо')).toBe(String.raw`"a\"b\\\u000a\u001b[31m\u202e\u043e"`);
});

it('cuts long text and shows that it did', () => {
  expect(quoted('x'.repeat(100), 10)).toBe('"xxxxxxxxxx"...');
});

it('gives one line of printable ASCII whatever it gets', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => /^[\x20-\x7e]*$/.test(quoted(text))));
});
