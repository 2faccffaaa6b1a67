import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type EcrPipeline, targetsOf } from '../../src/api/ecr-pipeline.ts';
import { waitFor } from '../support/wait-for.ts';
import { createInjection } from './fixture.ts';
import { loginOf, podWith } from './pod.ts';

const i = await createInjection();

/** Labels as a user writes them; an empty trigger is as good as none. */
function labelsOf(pipeline: string, trigger?: string): Record<string, string> {
  const own = { 'ecr-operator.dev/pipeline': pipeline };
  return trigger === undefined ? own : { ...own, 'ecr-operator.dev/trigger': trigger };
}

/** The Secret that the operator keeps for it. */
function secretKept(name: string, trigger?: string): string | undefined {
  const spec = { triggers: trigger ? [{ name: trigger }] : [] };
  return targetsOf({ metadata: { name }, spec } as unknown as EcrPipeline).at(-1)?.secretName;
}

beforeAll(async () => {
  await i.works(labelsOf('build'));
  await waitFor(
    'bad names to be refused',
    async () => (await i.refusal(podWith(labelsOf('A')))).status !== 201,
  );
});

const longest = 'n'.repeat(63);
const dnsLabel = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

it.each([
  ['build', undefined],
  ['build', ''],
  ['build', 'release'],
  ['0', '1-2'],
  ['build-ecr', 'build-ecr'],
  [longest, undefined],
  [longest, longest],
])(
  'a pod of pipeline %s and trigger %s has the Secret that the operator keeps',
  async (pipeline, trigger) => {
    expect(loginOf(await i.admit(podWith(labelsOf(pipeline, trigger))))).toBe(secretKept(pipeline, trigger));
  },
);

it('so it is for every name of a pipeline and a trigger', async () => {
  const property = fc.asyncProperty(
    dnsLabel,
    fc.option(dnsLabel, { nil: undefined }),
    async (pipeline, trigger) => {
      expect(loginOf(await i.admit(podWith(labelsOf(pipeline, trigger))))).toBe(
        secretKept(pipeline, trigger),
      );
    },
  );
  await fc.assert(property, { numRuns: 50 });
});

it.each([
  ['pipeline', 'build.release', undefined],
  ['pipeline', 'Build', undefined],
  ['pipeline', 'build_1', 'release'],
  ['trigger', 'build', 'release.1'],
  ['trigger', 'build', 'Release'],
])(
  'a pod whose label %s cannot name one is refused with the reason: %s, %s',
  async (label, pipeline, trigger) => {
    const { status, body } = await i.refusal(podWith(labelsOf(pipeline, trigger)));
    expect(status).toBe(422);
    const value = label === 'pipeline' ? pipeline : trigger;
    expect((body as { message: string }).message).toContain(
      `the label ecr-operator.dev/${label} is "${value}", which cannot be the name of`,
    );
  },
);
