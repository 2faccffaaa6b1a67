import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from '../../src/kube/list-watch-lines.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((line) => !line.includes('\n'));

test('however the bytes are cut, also within a character, the lines come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(text), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const splitter = new LineSplitter();
      const out: string[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = cuts[i % cuts.length] ?? 1;
        out.push(...splitter.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(out).toEqual(lines);
      expect(splitter.midLine).toBe(false);
    }),
  );
});

test('a line without its newline is held back and known to be incomplete', () => {
  const splitter = new LineSplitter();
  expect(splitter.push(Buffer.from('{"a":1}\n{"b'))).toEqual(['{"a":1}']);
  expect(splitter.midLine).toBe(true);
  expect(splitter.push(Buffer.from('":2}\n'))).toEqual(['{"b":2}']);
  expect(splitter.midLine).toBe(false);
});

test('a line of 32 MB in 40,000 chunks takes no longer than its length asks for', () => {
  const splitter = new LineSplitter();
  const chunk = Buffer.alloc(800, 'x');
  for (let i = 0; i < 40_000; i++) expect(splitter.push(chunk).length).toBe(0);
  expect(splitter.push(Buffer.from('\n'))[0]?.length).toBe(32_000_000);
});
