import { beforeEach, describe, expect, it } from 'vitest';
import type { Stage } from '../../src/api/verification.ts';
import { mostStages } from '../../src/api/verification.ts';
import { OciFailure } from '../../src/oci/failure.ts';
import { createVerifier, type VerificationResult } from '../../src/verification/verifier.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { fakeWorld, host, leg } from './fakes.ts';
import { outline } from './outline.ts';

const never = new AbortController().signal;
const repositories = [{ name: 'team/app', access: ['pull' as const, 'push' as const] }];

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

/** Runs a verification of legs in a world; `stages` are what it told on its way. */
async function run(
  legs: Parameters<ReturnType<typeof createVerifier>['verify']>[0],
  change: Parameters<typeof fakeWorld>[1] = {},
): Promise<VerificationResult & { said: string[]; told: readonly Stage[] }> {
  const { deps, said } = fakeWorld(clock, change);
  const told: Stage[] = [];
  const result = await createVerifier(deps).verify(legs, (stage) => told.push(stage), never);
  return { ...result, said, told };
}

const refusal = (operation: 'startUpload' | 'cancelUpload' | 'headManifest', code: string): OciFailure =>
  new OciFailure({ code, status: 404, said: 'no' }, { operation, host, repository: 'team/app' });

describe('a verification', () => {
  it('tells of each stage as it ends', async () => {
    const { told, stages } = await run([leg({ repositories })]);
    expect(told).toHaveLength(8);
    expect(told).toEqual(stages);
  });

  it('asks nobody anything for a leg that is stalled, and nothing after it', async () => {
    const stall = { reason: 'NoRole', message: 'it names none: name one' };
    const { said, stages, failed } = await run([
      { kind: 'stalled', subject: 'pipeline', stage: 'ServiceAccount', stall },
      leg(),
    ]);
    expect(said).toEqual([]);
    const stage = { name: 'ServiceAccount', subject: 'pipeline', ok: false, durationMs: 0 };
    expect(stages).toEqual([{ ...stage, message: 'it names none', nextStep: 'name one' }]);
    expect(failed?.reason).toBe('NoRole');
  });

  it('opens the session of an identity once for several legs, and each leg has its stages', async () => {
    const { said, stages } = await run([leg({ subject: 'a' }), leg({ subject: 'b' })]);
    expect(said.filter((what) => !['ping', 'close'].includes(what))).toHaveLength(3);
    expect(stages.filter(({ name }) => name === 'AssumeRole').map(({ subject }) => subject)).toEqual([
      'a: arn:aws:iam::111122223333:role/puller',
      'b: arn:aws:iam::111122223333:role/puller',
    ]);
  });

  it('shows the last stages where there are more than a status holds', async () => {
    const legs = Array.from({ length: 12 }, (_, i) => leg({ subject: String(i) }));
    const { stages, omitted, told } = await run(legs);
    expect(stages).toHaveLength(mostStages);
    expect(omitted).toBe(72 - mostStages);
    expect(told).toHaveLength(72);
    expect(stages.at(-1)?.subject).toBe(`11: ${host}`);
  });

  it('says what the API server said where it could not be found out who logs in', async () => {
    const error = new Error('get serviceaccounts ci/puller: the API server answered 403 Forbidden: no');
    const { failed, said } = await run([
      { kind: 'unknown', subject: undefined, stage: 'ServiceAccount', error },
    ]);
    expect(said).toEqual([]);
    expect(failed).toMatchObject({ stage: { name: 'ServiceAccount', message: error.message } });
  });

  it('closes every connection, also when a stage fails', async () => {
    const headManifest = () => Promise.reject(refusal('headManifest', 'NAME_UNKNOWN'));
    const { said } = await run([leg({ repositories })], { oci: { headManifest } });
    expect(said.filter((what) => what === 'close')).toHaveLength(1);
  });

  it('says that an error nobody foresaw is one', async () => {
    const ping = () => Promise.reject(new TypeError('x is not a function'));
    const { failed } = await run([leg()], { oci: { ping } });
    expect(failed).toMatchObject({ reason: 'Unexpected', stage: { message: 'x is not a function' } });
  });
});

describe('the pull probe', () => {
  const headManifest = () => Promise.reject(refusal('headManifest', 'MANIFEST_UNKNOWN'));

  it('passes where the usual tag is missing: it would have been refused otherwise', async () => {
    const { stages } = await run([leg({ repositories })], { oci: { headManifest } });
    expect(stages.find(({ name }) => name === 'Pull')).toMatchObject({ ok: true });
  });

  it('fails where the tag that was named is missing', async () => {
    const named = [{ name: 'team/app', access: ['pull' as const], tag: 'v1' }];
    const { failed } = await run([leg({ repositories: named })], { oci: { headManifest } });
    expect(failed).toMatchObject({ reason: 'ImageNotFound', stage: { subject: `${host}/team/app:v1` } });
  });
});

describe('the push probe', () => {
  it('passes with a note where the registry knows no cancelling', async () => {
    const startUpload = () => Promise.resolve({ cancel: () => Promise.resolve('unsupported' as const) });
    const { stages } = await run([leg({ repositories })], { oci: { startUpload } });
    expect(stages.at(-1)).toMatchObject({ name: 'Push', ok: true });
    expect(stages.at(-1)?.message).toContain('the registry ends the empty upload');
  });

  it('fails where layers may not be looked for, and has cancelled the upload before', async () => {
    const hasBlob = () =>
      Promise.reject(
        new OciFailure({ code: 'HTTP_403', status: 403, said: '' }, { operation: 'headBlob', host }),
      );
    const { failed, said } = await run([leg({ repositories })], { oci: { hasBlob } });
    expect(failed?.stage).toMatchObject({ name: 'Push', ok: false });
    expect(failed?.stage.nextStep).toContain('ecr:BatchCheckLayerAvailability');
    expect(said).toContain('cancel');
  });

  it('passes with a note where cancelling fails: the question is answered', async () => {
    const cancel = () => Promise.reject(refusal('cancelUpload', 'ECONNRESET'));
    const { stages } = await run([leg({ repositories })], {
      oci: { startUpload: () => Promise.resolve({ cancel }) },
    });
    expect(stages.at(-1)).toMatchObject({ name: 'Push', ok: true });
    expect(stages.at(-1)?.message).toContain('could not be cancelled (ECONNRESET)');
  });
});

describe('a verification that is given up', () => {
  it('ends with the reason of the signal, and still cancels the upload before it hangs up', async () => {
    const stop = new AbortController();
    const upload = Promise.withResolvers<{ cancel: () => Promise<'cancelled'> }>();
    const startUpload = () => {
      queueMicrotask(() => stop.abort(new Error('stopping')));
      return upload.promise;
    };
    const { deps, said } = fakeWorld(clock, { oci: { startUpload } });
    const push = [{ name: 'team/app', access: ['push' as const] }];
    const { verify } = createVerifier(deps);
    const running = verify([leg({ repositories: push })], () => undefined, stop.signal);
    await expect(running).rejects.toThrow('stopping');
    expect(said).not.toContain('close');
    upload.resolve({
      cancel() {
        said.push('cancel');
        return Promise.resolve('cancelled');
      },
    });
    await clock.advance(0);
    expect(said.slice(-3)).toEqual(['cancel', 'blob', 'close']);
  });

  it('fails at the stage at which two minutes are over', async () => {
    const { deps } = fakeWorld(clock, { oci: { ping: () => new Promise<never>(() => {}) } });
    const running = createVerifier(deps).verify([leg()], () => undefined, never);
    await clock.advance(120_000);
    const { stages, failed } = await running;
    expect(outline(stages)).toEqual([
      'ok ServiceAccount',
      'ok WebIdentityToken',
      'ok AssumeRole',
      'ok CallerIdentity',
      'ok AuthorizationToken',
      'failed RegistryPing',
    ]);
    expect(failed).toMatchObject({ reason: 'Timeout', stage: { durationMs: 120_000 } });
    expect(clock.pending).toBe(0);
  });
});
