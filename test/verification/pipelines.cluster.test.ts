import { expect, test } from 'vitest';
import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { account } from '../operator/fixture.ts';
import { createRegistry, patchSpec, region, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { createVerificationFixture, secretVersions, test as verify, verifiedCondition } from './fixture.ts';
import { outline } from './outline.ts';

const f = await createVerificationFixture();
await f.startVerifier();
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
const login = [
  'ok ServiceAccount',
  'ok WebIdentityToken',
  'ok AssumeRole',
  'ok CallerIdentity',
  'ok AuthorizationToken',
  'ok RegistryPing',
];
const push = { verify: { repositories: [{ name: 'team/app', access: ['push' as const] }] } };
f.aws.registry.createRepository(account, region, 'team/app');
await f.puller('builder');
await f.puller('pusher');
await f.puller('reader', { allow: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage'] });
await createRegistry(f, 'prod', specFor('builder'));

test('a pipeline is verified once for all Secrets that the same identity is used in', async () => {
  const triggers = [{ name: 'nightly' }, { name: 'release', serviceAccount: 'pusher' }];
  await createPipeline(f, 'api', { ...push, triggers, registries: [{ name: 'prod' }] });
  await pipelineReady(f, 'api');
  const before = await secretVersions(f);
  f.aws.resetCalls();
  const { verification } = await verify(f, 'api', ecrPipelines);
  expect(verification.ok).toBe(true);
  expect(outline(verification.stages)).toEqual([...login, 'ok Push', ...login, 'ok Push']);
  const subjects = verification.stages.filter(({ name }) => name === 'Push').map(({ subject }) => subject);
  expect(subjects).toEqual([
    `pipeline and trigger nightly, registry prod: ${host}/team/app`,
    `trigger release, registry prod: ${host}/team/app`,
  ]);
  expect(f.aws.countCalls({ service: 'sts' })).toBe(2);
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(2);
  expect(await secretVersions(f)).toEqual(before);
  expect(f.aws.registry.openUploads(account, region, 'team/app')).toBe(0);
});

test('a trigger that may not push fails there, and is named', async () => {
  const triggers = [{ name: 'release', serviceAccount: 'reader' }];
  await createPipeline(f, 'weak', { ...push, triggers, registries: [{ name: 'prod' }] });
  const { verification, ...object } = await verify(f, 'weak', ecrPipelines);
  expect(outline(verification.stages)).toEqual([...login, 'ok Push', ...login, 'failed Push']);
  const last = verification.stages.at(-1);
  expect(last?.subject).toBe(`trigger release, registry prod: ${host}/team/app`);
  expect(last?.nextStep).toContain('Allow ecr:InitiateLayerUpload');
  expect(verifiedCondition(object)).toMatchObject({ status: 'False', reason: 'IdentityPolicyMissing' });
  expect(f.aws.registry.openUploads(account, region, 'team/app')).toBe(0);
});

test('a service account that the registry does not allow fails at its stage', async () => {
  await createRegistry(f, 'closed', {
    region,
    credentials: { serviceAccounts: { account: 'builder', allowed: ['build*'] } },
  });
  const triggers = [{ name: 'release', serviceAccount: 'pusher' }];
  await createPipeline(f, 'refused', { triggers, registries: [{ name: 'closed' }] });
  const { verification } = await verify(f, 'refused', ecrPipelines);
  expect(outline(verification.stages)).toEqual([...login, 'failed ServiceAccount']);
  expect(verification.stages.at(-1)).toMatchObject({
    subject: 'trigger release, registry closed',
    message: expect.stringContaining('is refused by EcrRegistry closed'),
    nextStep: expect.stringContaining('use one of these, or have it added'),
  });
});

test('a registry that does not exist fails at the first stage', async () => {
  await createPipeline(f, 'lost', { registries: [{ name: 'absent' }] });
  const { verification, ...object } = await verify(f, 'lost', ecrPipelines);
  expect(outline(verification.stages)).toEqual(['failed ServiceAccount']);
  expect(verifiedCondition(object)).toMatchObject({ status: 'False', reason: 'RegistryNotFound' });
});

test('the repositories of a suspended registry are tried too, as the pipeline', async () => {
  await createRegistry(f, 'asleep', specFor('builder', { suspend: true, ...push }));
  await createPipeline(f, 'early', { serviceAccount: 'reader', registries: [{ name: 'asleep' }] });
  const { verification } = await verify(f, 'early', ecrPipelines);
  expect(outline(verification.stages)).toEqual([...login, 'failed Push']);
  await patchSpec(f, 'asleep', { verify: null });
  expect((await verify(f, 'early', ecrPipelines)).verification.ok).toBe(true);
});
