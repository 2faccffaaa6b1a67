import { beforeAll, describe, expect, it } from 'vitest';
import { type EcrPipeline, ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import type { PipelineSpec } from '../pipelines/pipelines.ts';
import { createInjection } from './fixture.ts';
import { loginOf, podWith } from './pod.ts';

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
};

beforeAll(async () => {
  const { client, namespace } = i;
  for (const [name, spec] of Object.entries(pipelines)) {
    await client.create<EcrPipeline>(ecrPipelines, { metadata: { namespace, name }, spec } as EcrPipeline);
  }
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
