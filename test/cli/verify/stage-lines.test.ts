import { describe, expect, it } from 'vitest';
import { annotations } from '../../../src/api/names.ts';
import { paintFor, plain } from '../../../src/cli/paint.ts';
import { progressOf } from '../../../src/cli/verify/progress.ts';
import { stageLines, verdict } from '../../../src/cli/verify/stage-lines.ts';
import { registrySubject } from '../fixtures.ts';

const ok = { name: 'AssumeRole', ok: true, durationMs: 41, message: 'assumed' } as const;
const failed = {
  name: 'Push',
  subject: 'team/app',
  ok: false,
  durationMs: 1_240,
  message: 'not allowed',
  code: 'DENIED',
  requestId: 'r-1',
  nextStep: 'Allow it.',
} as const;

describe('a stage', () => {
  it('is one line when it went through, with what it is about unless that is said already', () => {
    expect(stageLines({ ...ok, subject: 'role/x' }, plain)).toEqual([
      'ok      AssumeRole            41 ms  role/x: assumed',
    ]);
    const [line] = stageLines({ ...ok, subject: 'role/x', message: 'role/x was assumed' }, plain);
    expect(line).toContain('ms  role/x was assumed');
  });

  it('that failed has what was said and what to do below it', () => {
    expect(stageLines(failed, plain)).toEqual([
      'FAILED  Push                  1.2 s  team/app: not allowed',
      '        code DENIED, request id r-1',
      '        What to do: Allow it.',
    ]);
  });

  it('is coloured on a terminal only, and not where NO_COLOR is set', () => {
    const terminal = { write: () => true, isTTY: true };
    const first = (paint: typeof plain) => stageLines(ok, paint)[0] ?? '';
    expect(first(paintFor(terminal, {}))).toContain('\x1b[');
    for (const paint of [
      paintFor(terminal, { NO_COLOR: '1' }),
      paintFor(terminal, { TERM: 'dumb' }),
      paintFor({ write: () => true }, {}),
    ])
      expect(first(paint)).not.toContain('\x1b[');
  });
});

it('the verdict names the stages that failed', () => {
  expect(verdict('x', [ok], plain)).toBe('Passed: x (1 stage, 41 ms)');
  expect(verdict('x', [ok, failed], plain)).toBe('Failed at Push: x (2 stages, 1.3 s)');
  expect(verdict('x', [ok], plain, 64)).toBe('Passed: x (65 stages, the last 1 of them 41 ms)');
});

describe('the progress of a test', () => {
  const at = (requested: string, verification?: object) =>
    progressOf(
      registrySubject({}, verification === undefined ? {} : ({ verification } as never), {
        annotations: { [annotations.testRequestedAt]: requested },
      }),
    );
  const run = { requestedAt: 't2', startedAt: 't2', stages: [ok] };

  it('is nothing before the operator takes this request up, whatever it tested before', () => {
    expect(at('t2').kind).toBe('waiting');
    expect(at('t2', { ...run, requestedAt: 't1', finishedAt: 't1', ok: true }).kind).toBe('waiting');
  });

  it('is the stages so far, and then whether all went through', () => {
    expect(at('t2', run)).toEqual({ kind: 'running', ended: [ok], omitted: 0 });
    expect(at('t2', { ...run, finishedAt: 't3', ok: true })).toMatchObject({ kind: 'finished', ok: true });
    const ended = at('t2', { ...run, finishedAt: 't3', ok: false, stages: [ok, failed] });
    expect(ended).toMatchObject({ kind: 'finished', ok: false });
  });
});
