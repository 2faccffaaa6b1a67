import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../src/identity/allowed.ts';

const brought = (serviceAccount: string, allowed?: readonly string[]): boolean =>
  isAllowed({ level: 'trigger', serviceAccount }, allowed);

/** What a glob means, by the engine of the language: every character but `*` stands for itself. */
function oracle(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.\\^$+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

describe('the service accounts that a registry allows', () => {
  it.each([
    ['build-*', 'build-api', true],
    ['build-*', 'build-', true],
    ['build-*', 'rebuild-api', false],
    ['*-pusher', 'release-pusher', true],
    ['*-pusher', 'release-pusher-2', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*', 'anything', true],
    ['**', 'a', true],
    ['builder', 'builder', true],
    ['builder', 'builder-2', false],
    ['a.c', 'abc', false],
    ['ab*ba', 'aba', false],
    ['a*bc*bc', 'abc', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(brought(name, [pattern])).toBe(expected);
  });

  it('agrees with a regular expression for every pattern and name', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '*'), maxLength: 9 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, name, (p, n) => {
        expect(brought(n, [p])).toBe(oracle(p).test(n));
      }),
      { numRuns: 5_000 },
    );
  });

  it('lets one pattern of several suffice', () => {
    expect(brought('release', ['build-*', 'release'])).toBe(true);
    expect(brought('nightly', ['build-*', 'release'])).toBe(false);
  });

  it('allows every name without a list, and none with an empty one', () => {
    expect(brought('anything')).toBe(true);
    expect(brought('anything', [])).toBe(false);
  });

  it('restricts what pipelines and triggers bring, not what the registry names itself', () => {
    const asks = (level: 'runtime' | 'account' | 'pipeline' | 'trigger'): boolean =>
      isAllowed({ level, serviceAccount: 'other' }, ['build-*']);
    expect(asks('runtime')).toBe(true);
    expect(asks('account')).toBe(true);
    expect(asks('pipeline')).toBe(false);
    expect(asks('trigger')).toBe(false);
  });

  it('is quick with a pattern that would send a backtracking matcher astray', () => {
    const hostile = `${'*a'.repeat(126)}b`;
    const started = performance.now();
    expect(brought('a'.repeat(253), [hostile])).toBe(false);
    // A backtracking matcher would take longer than the universe has.
    expect(performance.now() - started).toBeLessThan(100);
  });
});
