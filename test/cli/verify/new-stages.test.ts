import { describe, expect, it } from 'vitest';
import { newStages } from '../../../src/cli/verify/new-stages.ts';

const stage = (n: number, ok = true) =>
  ({ name: 'RegistryPing', subject: String(n), ok, durationMs: 1, message: 'm' }) as const;
const running = (from: number, to: number, last = true) => ({
  kind: 'running' as const,
  omitted: from,
  ended: Array.from({ length: to - from }, (_, i) => stage(from + i, last || from + i < to - 1)),
});

describe('the stages of a test that are new', () => {
  const subjects = ({ stages }: ReturnType<ReturnType<typeof newStages>>) => stages.map((s) => s.subject);

  it('are those that were not seen, also when the first of them make way', () => {
    const next = newStages();
    expect(subjects(next(running(0, 2)))).toEqual(['0', '1']);
    expect(subjects(next(running(0, 2)))).toEqual([]);
    expect(next(running(1, 4))).toMatchObject({ stages: [{ subject: '2' }, { subject: '3' }], missed: 0 });
    expect(next(running(6, 8))).toMatchObject({ stages: [{ subject: '6' }, { subject: '7' }], missed: 2 });
  });

  it('have the one that failed, which is the last', () => {
    const next = newStages();
    next(running(0, 64));
    expect(next(running(1, 65, false)).stages).toEqual([stage(64, false)]);
  });

  it('are all of them when another test takes the place of the one that was seen', () => {
    const next = newStages();
    next(running(0, 5));
    expect(subjects(next(running(0, 2)))).toEqual(['0', '1']);
    next({ kind: 'waiting' });
    expect(subjects(next(running(0, 2)))).toEqual(['0', '1']);
  });
});
