import { describe, expect, it } from 'vitest';
import { refreshProgress } from '../../src/cli/refresh-progress.ts';
import { condition, pipelineSubject, registrySubject } from './fixtures.ts';

const registry = (expiresAt: string | undefined, ready = condition('True', 'Ready')) =>
  registrySubject(
    {},
    { conditions: [ready], secretName: 'prod-ecr', ...(expiresAt === undefined ? {} : { expiresAt }) },
  );
const pipeline = (...times: string[]) =>
  pipelineSubject(
    {},
    { secrets: times.map((expiresAt, i) => ({ secretName: `s${i}`, ready: true, expiresAt })) },
  );
const [early, late] = ['2026-01-01T12:00:00Z', '2026-01-01T18:00:00Z'];

describe('a refresh', () => {
  it('is waited for until the tokens expire later than before', () => {
    expect(refreshProgress(registry(early), registry(early)).kind).toBe('waiting');
    expect(refreshProgress(registry(early), registry(late))).toEqual({
      kind: 'done',
      message: `EcrRegistry ci/prod has new tokens, good until ${late}`,
    });
    expect(refreshProgress(registry(undefined), registry(early)).kind).toBe('done');
    expect(refreshProgress(registry(undefined), registry(undefined)).kind).toBe('waiting');
  });

  it('of a pipeline is done when the last of its Secrets has new tokens', () => {
    expect(refreshProgress(pipeline(early, early), pipeline(late, early)).kind).toBe('waiting');
    expect(refreshProgress(pipeline(early, early), pipeline(late, late)).kind).toBe('done');
    expect(refreshProgress(pipeline(early), pipeline(late)).kind).toBe('done');
  });

  it('of a pipeline waits for a Secret that never had a token, and fails where the operator says why', () => {
    const secrets = (expiresAt: string, conditions = [condition('True', 'Ready')]) =>
      pipelineSubject(
        {},
        {
          conditions,
          secrets: [
            { secretName: 's0', ready: true, expiresAt },
            { secretName: 's1', ready: false, reason: 'Denied', message: 'AWS says no' },
          ],
        },
      );
    expect(refreshProgress(secrets(early), secrets(late)).kind).toBe('waiting');
    const broken = [condition('False', 'Denied')];
    expect(refreshProgress(secrets(early, broken), secrets(early, broken)).kind).toBe('waiting');
    expect(refreshProgress(secrets(early, broken), secrets(late, broken))).toEqual({
      kind: 'failed',
      message: 'EcrPipeline ci/api: Secret s1 has no new token: Denied: AWS says no',
    });
  });

  it('fails with what became wrong, but not with what was wrong before', () => {
    const broken = condition('False', 'Denied', 'AWS says no');
    expect(refreshProgress(registry(early), registry(early, broken))).toEqual({
      kind: 'failed',
      message: 'EcrRegistry ci/prod: Denied: AWS says no',
    });
    expect(refreshProgress(registry(early, broken), registry(early, broken)).kind).toBe('waiting');
  });
});
