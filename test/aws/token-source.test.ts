import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CredentialFailure } from '../../src/aws/failure.ts';
import { createAwsApi } from '../../src/aws/sdk.ts';
import { SessionCache, type SessionDeps } from '../../src/aws/session.ts';
import { type TokenRequest, TokenSource, TokenUnavailable } from '../../src/aws/token-source.ts';
import { Redacted } from '../../src/base/redacted.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { waitFor } from '../support/wait-for.ts';
import { account, region, roleArn, startTestAws, type TestAws, userKeys } from '../aws-local/fixture.ts';

const hour = 3_600_000;

let aws: TestAws;

beforeEach(async () => {
  aws = await startTestAws();
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

const root = { source: 'ServiceAccount', namespace: 'ci', serviceAccount: 'puller', roleArn } as const;
const identity: Identity = { root, sessionName: 'ecr-operator-ci-puller', hops: [], stsRegion: region };

const request = (change: Partial<Identity> = {}, inRegion = region): TokenRequest => ({
  identity: { ...identity, ...change },
  api: { kind: 'private', region: inRegion, fips: false, dualStack: false },
});

function tokenSource(deps: Partial<SessionDeps> = {}): TokenSource {
  const api = createAwsApi();
  const sessions = new SessionCache({
    api,
    clock: aws.clock,
    mintWebIdentityToken: () => Promise.resolve(new Redacted(aws.signer.token())),
    readAccessKey: () =>
      Promise.resolve({
        accessKeyId: userKeys.accessKeyId,
        secretAccessKey: new Redacted(userKeys.secretAccessKey),
        sessionToken: undefined,
        expiresAtMs: undefined,
      }),
    ...deps,
  });
  return new TokenSource({ api, sessions, clock: aws.clock, random: () => 0.5 });
}

const sts = (): number => aws.countCalls({ service: 'sts' });
const ecr = (): number => aws.countCalls({ service: 'ecr' });

async function failureOf(promise: Promise<unknown>): Promise<TokenUnavailable> {
  const error: unknown = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof TokenUnavailable)) throw new Error('expected TokenUnavailable', { cause: error });
  return error;
}

describe('the token source, with the real SDK', () => {
  it('trades a web-identity token for a role and that for an authorization token', async () => {
    const token = await tokenSource().get(request());
    expect(token).toMatchObject({
      username: 'AWS',
      accountId: account,
      expiresAtMs: Math.floor((aws.clock.now() + 12 * hour) / 1000) * 1000,
    });
    expect(token.callerArn).toBe(`arn:aws:sts::${account}:assumed-role/puller/ecr-operator-ci-puller`);
  });

  it('makes one STS and one ECR call for 50 that ask at once, and for those that come later', async () => {
    const tokens = tokenSource();
    await Promise.all(Array.from({ length: 50 }, () => tokens.get(request())));
    await tokens.get(request());
    expect([sts(), ecr()]).toEqual([1, 1]);
  });

  it('shares the session among the regions of an identity', async () => {
    const tokens = tokenSource();
    await Promise.all(['eu-west-1', 'us-east-1'].map((r) => tokens.get(request({}, r))));
    expect([sts(), ecr()]).toEqual([1, 2]);
  });

  it('asks again after half of the lifetime, and not before', async () => {
    const tokens = tokenSource();
    const first = await tokens.get(request());
    await aws.clock.advance(5 * hour);
    expect(await tokens.get(request())).toBe(first);
    vi.setSystemTime(aws.clock.now() + 2 * hour);
    await aws.clock.advance(2 * hour);
    expect((await tokens.get(request())).password.reveal()).not.toBe(first.password.reveal());
    vi.useRealTimers();
    expect([sts(), ecr()]).toEqual([2, 2]);
  });

  it('asks again for a token that was issued before the time that is asked for', async () => {
    const tokens = tokenSource();
    await tokens.get(request());
    await aws.clock.advance(60_000);
    await tokens.get(request(), { notBeforeMs: aws.clock.now() });
    expect(ecr()).toBe(2);
  });

  it('asks AWS once while a denial is fresh, whoever comes, and again after its back-off', async () => {
    aws.iam.role({ arn: roleArn, trust: [] });
    const tokens = tokenSource();
    const { failure, retryAtMs } = await failureOf(tokens.get(request()));
    expect(failure).toMatchObject({ kind: 'terminal' });
    expect(failure.message).toContain('system:serviceaccount:ci:puller');
    await Promise.all(Array.from({ length: 20 }, () => failureOf(tokens.get(request()))));
    expect(sts()).toBe(1);
    await aws.clock.advance(retryAtMs - aws.clock.now());
    await failureOf(tokens.get(request()));
    expect(sts()).toBe(2);
  });

  it('waits longer after each failure, and starts anew after a success', async () => {
    const remove = aws.faults.inject({
      service: 'ecr',
      kind: 'error',
      status: 400,
      code: 'AccessDeniedException',
    });
    const tokens = tokenSource();
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      const { retryAtMs } = await failureOf(tokens.get(request()));
      waits.push(retryAtMs - aws.clock.now());
      await aws.clock.advance(retryAtMs - aws.clock.now());
      vi.setSystemTime(aws.clock.now());
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBeLessThanOrEqual(600_000);
    remove();
    await tokens.get(request());
    vi.useRealTimers();
  });

  it('lets a requested refresh through a back-off', async () => {
    aws.faults.inject({
      service: 'ecr',
      kind: 'error',
      status: 400,
      code: 'AccessDeniedException',
      times: 1,
    });
    const tokens = tokenSource();
    await failureOf(tokens.get(request()));
    await aws.clock.advance(1000);
    await expect(tokens.get(request(), { notBeforeMs: aws.clock.now() })).resolves.toBeDefined();
  });

  it('tries again at once for an object that was changed after the failure', async () => {
    aws.faults.inject({
      service: 'ecr',
      kind: 'error',
      status: 400,
      code: 'AccessDeniedException',
      times: 1,
    });
    const tokens = tokenSource();
    await failureOf(tokens.get(request()));
    await aws.clock.advance(4_000);
    // Many objects may change at once: a failure of this moment counts for all of them.
    await failureOf(tokens.get(request(), { failuresFromMs: aws.clock.now() }));
    await aws.clock.advance(2_000);
    await expect(tokens.get(request(), { failuresFromMs: aws.clock.now() })).resolves.toBeDefined();
  });

  it('keeps the session while ECR throttles', async () => {
    aws.faults.inject({ service: 'ecr', kind: 'error', status: 400, code: 'ThrottlingException' });
    const tokens = tokenSource();
    for (let i = 0; i < 4; i++) {
      const { retryAtMs } = await failureOf(tokens.get(request()));
      await aws.clock.advance(retryAtMs - aws.clock.now());
    }
    expect([sts(), ecr()]).toEqual([1, 4]);
  });

  it('asks again when a call that was under way gave a token from before the request', async () => {
    const tokens = tokenSource();
    aws.settings.update({ latencyMs: 1_000 });
    const first = tokens.get(request());
    await waitFor('the call to be under way', async () => {
      await aws.clock.advance(100);
      return aws.clock.pending > 0 || undefined;
    });
    await aws.clock.advance(100);
    const requested = aws.clock.now();
    const second = tokens.get(request(), { notBeforeMs: requested });
    const moving = setInterval(() => void aws.clock.advance(500), 20);
    await first;
    expect((await second).issuedAtMs).toBeGreaterThanOrEqual(requested);
    clearInterval(moving);
  });

  it('opens a new session after ECR refused the old one', async () => {
    aws.faults.inject({
      service: 'ecr',
      kind: 'error',
      status: 400,
      code: 'ExpiredTokenException',
      times: 1,
    });
    const tokens = tokenSource();
    const { retryAtMs } = await failureOf(tokens.get(request()));
    await aws.clock.advance(retryAtMs - aws.clock.now());
    await tokens.get(request());
    expect(sts()).toBe(2);
  });

  it.each([
    ['no expiry', { expiresAt: 'missing' }],
    ['an expiry in 2015', { expiresAt: 1_420_070_400 }],
    ['an expiry in ten years', { expiresAt: Date.now() / 1000 + 315_360_000 }],
    ['no authorizationData', { authorizationData: 'empty' }],
    ['several authorizationData', { authorizationData: 'several' }],
    ['half of an answer', { truncated: 'body' }],
  ] as const)('refuses an answer with %s', async (_what, body) => {
    aws.faults.inject({ service: 'ecr', kind: 'body', body });
    const { failure } = await failureOf(tokenSource().get(request()));
    expect(failure.kind).toBe('transient');
  });

  it.each(['with-colon', '12-kB'] as const)('takes a password %s', async (password) => {
    aws.faults.inject({ service: 'ecr', kind: 'body', body: { password } });
    await expect(tokenSource().get(request())).resolves.toBeDefined();
  });

  it('is the IAM user with an access key, and says who that is', async () => {
    const keys: Identity = {
      ...identity,
      root: { source: 'AccessKey', namespace: 'ci', secretName: 'user', version: '1' },
    };
    const token = await tokenSource().get({ ...request(), identity: keys });
    expect(token.callerArn).toBe(`arn:aws:iam::${account}:user/ci`);
  });

  it('passes on why there are no credentials to begin with', async () => {
    const failure = { kind: 'terminal', reason: 'InvalidAccessKey', message: 'key x is missing' } as const;
    const tokens = tokenSource({
      mintWebIdentityToken: () => Promise.reject(new CredentialFailure(failure)),
    });
    expect((await failureOf(tokens.get(request()))).failure).toMatchObject(failure);
    expect(sts()).toBe(0);
  });

  it('asks the API of ECR Public in us-east-1', async () => {
    await tokenSource().get({ identity, api: { kind: 'public' } });
    expect(aws.countCalls({ service: 'ecr-public', region: 'us-east-1' })).toBe(1);
  });
});
