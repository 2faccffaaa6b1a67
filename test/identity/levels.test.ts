import { describe, expect, it } from 'vitest';
import { type Level, type LevelNames, levels, resolveWinner } from '../../src/identity/levels.ts';

/** All 16 ways in which levels can be set. */
const combinations = Array.from({ length: 16 }, (_, bits) => levels.filter((_level, i) => (bits >> i) & 1));

const expected = (set: readonly Level[]): Level | undefined =>
  levels.filter((level) => set.includes(level)).at(-1);

describe('resolveWinner', () => {
  it.each(combinations.map((set) => [set.join('+') || 'none', set] as const))(
    'of levels %s picks the highest',
    (_title, set) => {
      const names: LevelNames = Object.fromEntries(set.map((level) => [level, `sa-${level}`]));
      const level = expected(set);
      expect(resolveWinner(names)).toEqual(level && { level, serviceAccount: `sa-${level}` });
    },
  );

  it.each(combinations.map((set) => [set.join('+') || 'none', set] as const))(
    'takes an empty string as unset beside %s',
    (_title, set) => {
      const names: LevelNames = Object.fromEntries(
        levels.map((level) => [level, set.includes(level) ? `sa-${level}` : '']),
      );
      expect(resolveWinner(names)?.level).toBe(expected(set));
    },
  );
});
