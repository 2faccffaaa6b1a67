import { describe, expect, it } from 'vitest';
import type { AwsApi, AwsCredentials } from '../../src/aws/api.ts';
import { classifyAwsError, type AwsFailure } from '../../src/aws/errors.ts';
import { guardAwsApi } from '../../src/aws/guarded-api.ts';
import { Redacted } from '../../src/base/redacted.ts';
import { ManualClock } from '../support/manual-clock.ts';

const region = 'eu-west-1';
const context = { operation: 'ecr:GetAuthorizationToken', region };
const throttling = classifyAwsError({ name: 'Throttling', message: 'Rate exceeded' }, context);
const reset = classifyAwsError({ name: 'Error', code: 'ECONNRESET', message: 'reset' }, context);

const keys = (accessKeyId: string): AwsCredentials => ({
  accessKeyId,
  secretAccessKey: new Redacted('x'),
  sessionToken: undefined,
  expiresAtMs: undefined,
});

/** A guarded API whose calls all fail, or succeed without `failure`; counts them. */
function guarded(failure: () => AwsFailure | undefined) {
  const clock = new ManualClock();
  const counted = { calls: 0 };
  const answer = (): Promise<never> => {
    counted.calls += 1;
    const error = failure();
    return error === undefined ? Promise.resolve(undefined as never) : Promise.reject(error);
  };
  const api: AwsApi = {
    assumeRoleWithWebIdentity: answer,
    assumeRole: answer,
    getCallerIdentity: answer,
    getAuthorizationToken: answer,
    operatorCredentials: answer,
  };
  const guard = guardAwsApi(api, { clock, random: () => 0.5, maxRates: { sts: 400, ecr: 400 } });
  return { clock, counted, guard };
}

const callerArn = 'arn:aws:sts::111122223333:assumed-role/a/b';
const ignore = (): void => {};

describe('the guarded API', () => {
  it('has one rate for all sessions of an account', async () => {
    const { clock, counted, guard } = guarded(() => throttling);
    const hop = { roleArn: 'arn:aws:iam::444455556666:role/push', sessionName: 's' };
    const assume = (id: number): Promise<void> =>
      guard
        .assumeRole({ region, credentials: keys(`ASIA${id}`), callerArn, hop, index: 0, caller: {} })
        .then(ignore, ignore);
    await assume(0);
    for (let id = 1; id <= 100; id++) void assume(id);
    await clock.advance(0);
    expect(counted.calls).toBeLessThan(5);
  });

  it('leaves the endpoints of a region alone when another form of it is down', async () => {
    let down = true;
    const { guard } = guarded(() => (down ? reset : undefined));
    const ask = (fips: boolean): Promise<unknown> => {
      const api = { kind: 'private', region, fips, dualStack: false } as const;
      return guard.getAuthorizationToken({ api, credentials: keys('A'), callerArn, caller: {} });
    };
    for (let i = 0; i < 5; i++) await expect(ask(true)).rejects.toThrow('reset');
    await expect(ask(true)).rejects.toMatchObject({ reason: 'EndpointDown' });
    down = false;
    await expect(ask(false)).resolves.toBeUndefined();
  });

  it('sends callers away who would wait for minutes, so that no worker hangs', async () => {
    const { clock, guard } = guarded(() => throttling);
    const ask = (): Promise<unknown> => {
      const api = { kind: 'private', region, fips: false, dualStack: false } as const;
      return guard.getAuthorizationToken({ api, credentials: keys('A'), callerArn, caller: {} });
    };
    for (let i = 0; i < 12; i++) {
      void ask().catch(ignore);
      await clock.advance(3_000);
    }
    const reasons: unknown[] = [];
    for (let i = 0; i < 256; i++) void ask().catch((error: unknown) => reasons.push(error));
    await clock.advance(0);
    expect(reasons.length).toBeGreaterThan(200);
    expect(reasons[0]).toMatchObject({ kind: 'throttled', reason: 'Throttled' });
    await clock.advance(120_000);
    expect(reasons.length).toBe(256);
  });
});
