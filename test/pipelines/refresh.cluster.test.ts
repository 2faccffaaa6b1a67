import { expect, onTestFinished, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { account, createFixture } from '../operator/fixture.ts';
import { getSecret, logsIn, passwordsIn, secretWhere } from '../operator/pull-secrets.ts';
import { annotate, createRegistry, ready, specFor } from '../operator/registries.ts';
import { annotatePipeline, createPipeline, pipelineNotReady, pipelineReady } from './pipelines.ts';
import { writesDuring } from './writes.ts';

const f = await createFixture();
await f.startOperator();
await Promise.all(['puller', 'pusher'].map((name) => f.puller(name)));
const hostIn = (region: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`;
const [slow, fast] = ['eu-west-1', 'us-east-2'] as const;
const triggers = Array.from({ length: 4 }, (_, i) => ({ name: `t${i}` }));
const secretsOf = (pipeline: string): string[] => [
  `${pipeline}-ecr`,
  ...triggers.map(({ name }) => `${pipeline}.${name}-ecr`),
];
const all = [...secretsOf('a'), ...secretsOf('b')];
/** Tokens live 10 s and are refreshed after about 5. */
const lifetimeScale = 4320;

const loginIn = async (secret: string, region: string): Promise<string | undefined> =>
  passwordsIn(await getSecret(f, secret)).get(hostIn(region));

/** Waits until the Secret has another login in the region than `before`. */
const newLogin = (secret: string, region: string, before: string | undefined): Promise<unknown> =>
  secretWhere(f, secret, `to have a new login in ${region}`, (found) => {
    const login = passwordsIn(found).get(hostIn(region));
    return login !== undefined && login !== before;
  });

test('the refresh of one registry renews every Secret that contains it with one call to ECR, and no Secret twice', async () => {
  await createRegistry(f, 'slow', specFor('puller', { region: slow }));
  for (const name of ['a', 'b']) await createPipeline(f, name, { triggers });
  for (const name of ['a', 'b']) await pipelineReady(f, name);
  const kept = await loginIn('a-ecr', slow);
  f.aws.settings.update({ lifetimeScale });
  await createRegistry(f, 'fast', specFor('pusher', { region: fast }));
  await ready(f, 'fast');
  const before = await loginIn('fast-ecr', fast);
  for (const secret of all) await newLogin(secret, fast, undefined);
  // From now on tokens live long again: there is one refresh, that of the tokens above.
  f.aws.settings.update({ lifetimeScale: 1 });
  f.aws.resetCalls();
  const writes = await writesDuring(f, async () => {
    for (const secret of all) await newLogin(secret, fast, before);
    await newLogin('fast-ecr', fast, before);
  });
  const patched = writes.filter((write) => write.includes(' secrets '));
  expect(patched.toSorted()).toEqual([...all, 'fast-ecr'].map((name) => `patch secrets ${name}`).toSorted());
  expect(f.aws.countCalls({ operation: 'GetAuthorizationToken' })).toBe(1);
  expect(f.aws.countCalls({ operation: 'AssumeRoleWithWebIdentity' })).toBe(1);
  expect(await loginIn('a-ecr', slow)).toBe(kept);
  expect(await logsIn(f, await getSecret(f, 'b.t3-ecr'))).toBe(true);
});

test('a refresh that is requested of a registry renews its login alone, in every Secret, with one call to ECR', async () => {
  const before = { slow: await loginIn('a-ecr', slow), fast: await loginIn('a-ecr', fast) };
  f.aws.resetCalls();
  // A time to come: the pipelines look again by then, though nothing changes.
  const requested = new Date(Date.now() + 1_000).toISOString();
  const writes = await writesDuring(f, async () => {
    await annotate(f, 'fast', { [annotations.refreshRequestedAt]: requested });
    for (const secret of [...all, 'fast-ecr']) await newLogin(secret, fast, before.fast);
  });
  const patched = writes.filter((write) => write.includes(' secrets '));
  expect(patched.toSorted()).toEqual([...all, 'fast-ecr'].map((name) => `patch secrets ${name}`).toSorted());
  expect(f.aws.countCalls({ operation: 'GetAuthorizationToken' })).toBe(1);
  const logins = await Promise.all([...all, 'fast-ecr'].map((secret) => loginIn(secret, fast)));
  expect(new Set(logins).size).toBe(1);
  for (const secret of all) expect(await loginIn(secret, slow)).toBe(before.slow);
});

test('a request costs no call to AWS where somebody has a newer token already, and no write where the Secret has it', async () => {
  const before = await loginIn('b-ecr', fast);
  const request = { [annotations.refreshRequestedAt]: new Date().toISOString() };
  await annotatePipeline(f, 'b', request);
  for (const secret of secretsOf('b')) await newLogin(secret, fast, before);
  f.aws.resetCalls();
  const writes = await writesDuring(f, async () => {
    await annotate(f, 'fast', request);
    for (const secret of [...secretsOf('a'), 'fast-ecr']) await newLogin(secret, fast, before);
  });
  expect(f.aws.calls()).toEqual([]);
  expect(await loginIn('a.t3-ecr', fast)).toBe(await loginIn('b-ecr', fast));
  const patched = writes.filter((write) => write.includes(' secrets '));
  const expected = [...secretsOf('a'), 'fast-ecr'].map((name) => `patch secrets ${name}`);
  expect(patched.toSorted()).toEqual(expected.toSorted());
});

test('a registry that fails leaves its old login in place while the other is refreshed', async () => {
  const old = { slow: await loginIn('a.t0-ecr', slow), fast: await loginIn('a.t0-ecr', fast) };
  const code = { status: 503, code: 'ServiceUnavailable' };
  const end = f.aws.faults.inject({ service: 'ecr', region: slow, kind: 'error', ...code });
  onTestFinished(end);
  await annotatePipeline(f, 'a', { [annotations.refreshRequestedAt]: new Date().toISOString() });
  const message = await pipelineNotReady(f, 'a', 'AWSUnavailable');
  expect(message).toContain('the Secret keeps its login, good until');
  for (const secret of secretsOf('a')) {
    await newLogin(secret, fast, old.fast);
    expect(await loginIn(secret, slow)).toBe(old.slow);
  }
  expect(await logsIn(f, await getSecret(f, 'a.t0-ecr'))).toBe(true);
  expect(await loginIn('b-ecr', fast)).toBe(old.fast);
  end();
  await pipelineReady(f, 'a');
  for (const secret of secretsOf('a')) expect(await loginIn(secret, slow)).not.toBe(old.slow);
});
