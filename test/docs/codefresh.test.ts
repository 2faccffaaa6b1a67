import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { customResourceDefinitions } from '../../src/api/crds.ts';
import { resolveWinner, levels } from '../../src/identity/levels.ts';
import { blockNamed, documentAt, documents, tableRows } from './documents.ts';
import { shownPipelines, shownRegistries } from './registries.ts';

const document = documentAt('docs/coming-from-codefresh.md');

type Schema = Readonly<Record<string, unknown>>;
const Definition = z.object({
  spec: z.object({
    names: z.object({ kind: z.string() }),
    versions: z.array(z.object({ schema: z.object({ openAPIV3Schema: z.record(z.string(), z.unknown()) }) })),
  }),
});
const schemas = new Map(
  [...customResourceDefinitions()].map(([, definition]) => {
    const { names, versions } = Definition.parse(definition).spec;
    return [names.kind, versions[0]?.schema.openAPIV3Schema ?? {}];
  }),
);

/** Whether `EcrRegistry.spec.registries[].region` and the like lead to a field of the CRD. */
function isField(path: string): boolean {
  const [kind = '', ...steps] = path.replaceAll('[]', '.[]').split('.');
  if (steps[0] === 'metadata') return true;
  const child = (schema: Schema | undefined, step: string): Schema | undefined =>
    (step === '[]' ? schema?.['items'] : (schema?.['properties'] as Schema | undefined)?.[step]) as
      Schema | undefined;
  return steps.reduce(child, schemas.get(kind)) !== undefined;
}

describe.each(documents)('$path', ({ text }) => {
  it('names only fields that the CRDs have', () => {
    const named = text.match(/\b(Cluster)?Ecr(Registry|Pipeline)(\.\w+(\[\])?)+/g) ?? [];
    expect(named.filter((path) => !isField(path))).toEqual([]);
  });
});

it('a field that no CRD has would be found at any depth', () => {
  expect(isField('EcrPipeline.spec.triggers[].serviceAccount')).toBe(true);
  expect(isField('EcrPipeline.spec.triggers[].serviceAcount')).toBe(false);
  expect(isField('EcrPipeline.spec.triggers.serviceAccount')).toBe(false);
});

it.each([
  ['push step', 'candidate image_name tag tags registry provider accessKeyId secretAccessKey credentials'],
  ['push step', 'region role_arn aws_session_name aws_duration_seconds registry_context'],
  ['level', levels.join(' ')],
  ['Codefresh', 'name region accessKeyId secretAccessKey registry_context registry_contexts'],
])('the table of the %s has a row for %s', (header, fields) => {
  const words = tableRows(document, header).flatMap(([cell = '']) => cell.split(/[ ,()]+/));
  expect(fields.split(' ').filter((field) => !words.includes(field))).toEqual([]);
});

describe('the example', () => {
  const AsTrigger = z.object({ name: z.string(), serviceAccount: z.string().optional() });
  const Push = z.object({
    region: z.string(),
    role_arn: z.string(),
    aws_session_name: z.string(),
    aws_duration_seconds: z.number(),
  });
  const Codefresh = z.object({
    spec: z.object({
      serviceAccount: z.string(),
      triggers: z.array(AsTrigger),
      cronTriggers: z.array(AsTrigger),
      steps: z.object({ push: Push }),
    }),
  });
  const theirs = Codefresh.parse(parse(blockNamed('codefresh.yaml').text)).spec;
  const pipeline = shownPipelines().find(({ metadata }) => metadata.name === 'shop-api');
  const registry = shownRegistries().find(({ metadata }) => metadata.name === 'shop-prod');

  it('has the same service accounts at the same levels', () => {
    const { serviceAccount, triggers, cronTriggers } = theirs;
    expect(pipeline?.spec.serviceAccount).toBe(serviceAccount);
    expect(pipeline?.spec.triggers).toEqual([...triggers, ...cronTriggers]);
    expect(pipeline?.spec.registries).toMatchObject([{ name: registry?.metadata.name }]);
  });

  it('assumes the role of the push step in its region, for as long', () => {
    const { region, role_arn, aws_session_name, aws_duration_seconds } = theirs.steps.push;
    expect(registry?.spec.credentials.assumeRoles).toEqual([
      { roleArn: role_arn, sessionName: aws_session_name, durationSeconds: aws_duration_seconds },
    ]);
    expect(registry?.spec.registries).toMatchObject([{ region, accountId: role_arn.split(':')[4] }]);
  });
});

describe('docs/pipelines.md', () => {
  const pipelines = documentAt('docs/pipelines.md');

  it('names the winner of each Secret of its example', () => {
    const spec = shownPipelines().find(({ metadata }) => metadata.name === 'build')?.spec;
    const winnerOf = (trigger: string | undefined): string => {
      const names = { pipeline: spec?.serviceAccount, trigger };
      const winner = resolveWinner(names);
      return `${winner?.serviceAccount}, of level ${winner?.level}`;
    };
    const rows = [
      ['build-ecr', 'the pipeline', winnerOf(undefined)],
      ...(spec?.triggers ?? []).map(({ name, serviceAccount }) => [
        `build.${name}-ecr`,
        `trigger ${name}`,
        winnerOf(serviceAccount),
      ]),
    ];
    expect(tableRows(pipelines, 'Secret')).toEqual(rows);
  });

  it('lists the levels from the highest to the lowest', () => {
    expect(tableRows(pipelines, 'level').map(([level]) => level)).toEqual(levels.toReversed());
  });
});
