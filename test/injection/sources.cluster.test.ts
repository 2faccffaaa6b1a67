import { beforeAll, describe, expect, it } from 'vitest';
import { type EcrPipeline, ecrPipelines, targetsOf } from '../../src/api/ecr-pipeline.ts';
import type { PipelineSpec } from '../pipelines/pipelines.ts';
import { createInjection } from './fixture.ts';
import { login, loginOf, podWith, textOf } from './pod.ts';

type Labels = Readonly<Record<string, string>>;

const i = await createInjection({
  sources: [
    { preset: 'tekton' },
    { preset: 'argo-workflows' },
    { preset: 'github-runners' },
    { preset: 'codefresh' },
    { name: 'jenkins', pipelineLabel: 'jenkins/label', triggerLabel: 'example.com/trigger' },
    { name: 'teams', pipelineLabel: 'example.com/team', pipelines: { red: 'build', blue: 'renamed' } },
  ],
});

const pipelines: Readonly<Record<string, PipelineSpec>> = {
  build: { triggers: [{ name: 'release' }, { name: 'nightly', secretName: 'night' }] },
  renamed: { secretName: 'renamed-login' },
  codefresh: {},
  'build-2x7k2': {},
};

async function createPipeline(name: string, spec: PipelineSpec): Promise<EcrPipeline> {
  const metadata = { namespace: i.namespace, name };
  return await i.client.create<EcrPipeline>(ecrPipelines, { metadata, spec } as EcrPipeline);
}

/** What the operator says of the Secrets of a pipeline; those of the triggers in `failing` have no login yet. */
async function reportSecrets(pipeline: EcrPipeline, failing: readonly string[] = []): Promise<void> {
  const secrets = targetsOf(pipeline).map(({ trigger, secretName }) => ({
    ...(trigger === undefined ? {} : { trigger }),
    secretName,
    ready: !failing.includes(trigger ?? ''),
    ...(failing.includes(trigger ?? '') ? {} : { expiresAt: '2026-01-02T00:00:00Z' }),
  }));
  const key = { namespace: i.namespace, name: pipeline.metadata.name };
  await i.client.mergePatch(ecrPipelines, key, { status: { secrets } }, { subresource: 'status' });
}

beforeAll(async () => {
  for (const [name, spec] of Object.entries(pipelines)) await reportSecrets(await createPipeline(name, spec));
  await createPipeline('silent', {});
  await reportSecrets(await createPipeline('failing', { triggers: [{ name: 'release' }] }), ['release']);
  for (const key of [
    'tekton.dev/pipeline',
    'workflows.argoproj.io/workflow',
    'actions.github.com/scale-set-name',
    'jenkins/label',
  ])
    await i.works({ [key]: 'build' });
  await i.works({ app: 'dind' });
  await i.works({ 'example.com/team': 'red' });
});

const tekton = (pipeline: string, trigger?: string): Labels => ({
  'tekton.dev/pipeline': pipeline,
  ...(trigger === undefined ? {} : { 'triggers.tekton.dev/trigger': trigger }),
});
const argo = (workflow: string): Labels => ({ 'workflows.argoproj.io/workflow': workflow });

const table: [what: string, labels: Labels, secret: string | undefined][] = [
  ['Tekton, the pipeline', tekton('build'), 'build-ecr'],
  ['Tekton, a trigger', tekton('build', 'release'), 'build.release-ecr'],
  ['Tekton, a trigger with a Secret of another name', tekton('build', 'nightly'), 'night'],
  ['Tekton, a trigger that the EcrPipeline does not list', tekton('build', 'manual'), 'build-ecr'],
  ['Tekton, a trigger without a name', tekton('build', ''), 'build-ecr'],
  ['Tekton, an EcrPipeline with a Secret of another name', tekton('renamed', 'release'), 'renamed-login'],
  ['Tekton, a pipeline without an EcrPipeline', tekton('other'), undefined],
  ['Tekton, an EcrPipeline without a status', tekton('silent'), undefined],
  ['Tekton, an EcrPipeline whose Secret is written', tekton('failing'), 'failing-ecr'],
  ['Tekton, a trigger whose Secret is not', tekton('failing', 'release'), undefined],
  ['Tekton, a name that no EcrPipeline can have', tekton('Build.1'), undefined],
  ['Argo Workflows, a workflow with a fixed name', argo('build'), 'build-ecr'],
  ['Argo Workflows, a generated name', argo('build-x7k2p'), 'build-ecr'],
  ['Argo Workflows, a run of a CronWorkflow', argo('build-1767225600'), 'build-ecr'],
  ['Argo Workflows, a longer name', argo('build-tests'), undefined],
  ['Argo Workflows, a longer name, generated', argo('build-web-x7k2p'), undefined],
  ['GitHub runner set', { 'actions.github.com/scale-set-name': 'build' }, 'build-ecr'],
  ['Codefresh engine', { app: 'runtime' }, 'codefresh-ecr'],
  ['Codefresh dind', { app: 'dind' }, 'codefresh-ecr'],
  ['an app that is not of Codefresh', { app: 'codefresh' }, undefined],
  [
    'a source of the values',
    { 'jenkins/label': 'build', 'example.com/trigger': 'release' },
    'build.release-ecr',
  ],
  ['a source that maps values', { 'example.com/team': 'blue' }, 'renamed-login'],
  ['a value that it does not map', { 'example.com/team': 'build' }, undefined],
];

it.each(table)('%s', async (_, labels, secret) => {
  expect(loginOf(await i.admit(podWith(labels)))).toBe(secret);
});

describe('a pod with labels of several sources', () => {
  it('has the login of the first that is listed, even where that has no EcrPipeline', async () => {
    expect(loginOf(await i.admit(podWith({ app: 'dind', ...tekton('build') })))).toBe('build-ecr');
    expect(loginOf(await i.admit(podWith({ app: 'dind', ...tekton('other') })))).toBeUndefined();
    expect(loginOf(await i.admit(podWith({ app: 'other', 'jenkins/label': 'build' })))).toBe('build-ecr');
  });

  it('has the login that the own label names', async () => {
    const labels = { ...tekton('build', 'release'), 'ecr-operator.dev/pipeline': 'mine' };
    expect(loginOf(await i.admit(podWith(labels)))).toBe('mine-ecr');
  });

  it('has none where the own label is empty', async () => {
    const labels = { ...tekton('build', 'release'), 'ecr-operator.dev/pipeline': '' };
    expect(loginOf(await i.admit(podWith(labels)))).toBeUndefined();
  });
});

it.each([
  ['no Secret', { emptyDir: {} }],
  ['another Secret', { secret: { secretName: 'theirs' } }],
])('a pod with a volume of the same name that is %s is stored as it was sent', async (_, source) => {
  const pod = podWith(tekton('build'), { volumes: [{ name: login.volume, ...source }] });
  expect(textOf(await i.admit(pod))).toBe(textOf(await i.admitWithoutPolicy(pod)));
});

it('a pod whose label means two EcrPipelines has one login, whole', async () => {
  expect(['build-ecr', 'build-2x7k2-ecr']).toContain(loginOf(await i.admit(podWith(argo('build-2x7k2')))));
});
