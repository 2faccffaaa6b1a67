import { describe, expect, it } from 'vitest';
import { legsOfPipeline } from '../../../src/controllers/verification/pipeline-legs.ts';
import type { Leg } from '../../../src/verification/plan.ts';
import { hostIn, registryIn, selected, world } from '../ecr-pipeline/fixtures.ts';

const ireland = registryIn('ireland', 'eu-west-1');
const ohio = registryIn('ohio', 'us-east-2');
const subjects = (legs: readonly Leg[]): (string | undefined)[] => legs.map(({ subject }) => subject);

/** Subject of a leg -> the repositories that it tries. */
function tried(legs: readonly Leg[]): Record<string, string[]> {
  return Object.fromEntries(
    legs.map((leg) => [
      leg.subject ?? '',
      leg.kind === 'ready' ? leg.repositories.map(({ name }) => name) : [],
    ]),
  );
}

const repository = (name: string, host?: string) => ({
  name,
  access: ['pull' as const],
  ...(host === undefined ? {} : { host }),
});

describe('the legs of a pipeline', () => {
  it('are one for each registry, for all Secrets together where the same identity is used', () => {
    const triggers = ['a', 'b', 'c'].map((name) => ({ name }));
    const legs = legsOfPipeline(world({ triggers }, [ireland, ohio]));
    expect(subjects(legs)).toEqual([
      'pipeline and 3 triggers, registry ireland',
      'pipeline and 3 triggers, registry ohio',
    ]);
  });

  it('are apart where a trigger brings another service account', () => {
    const triggers = [{ name: 'nightly' }, { name: 'release', serviceAccount: 'pusher' }];
    const legs = legsOfPipeline(world({ serviceAccount: 'builder', triggers }, [ireland]));
    expect(subjects(legs)).toEqual([
      'pipeline and trigger nightly, registry ireland',
      'trigger release, registry ireland',
    ]);
    expect(legs.map((leg) => (leg.kind === 'ready' ? leg.level : leg.kind))).toEqual(['pipeline', 'trigger']);
  });

  it('stall where a registry is missing, or there is none at all', () => {
    const absent = legsOfPipeline(world({}, [], { registries: [selected('absent')] }));
    expect(absent).toMatchObject([
      { kind: 'stalled', stage: 'ServiceAccount', stall: { reason: 'RegistryNotFound' } },
    ]);
    const none = legsOfPipeline(world({}, []));
    expect(none).toMatchObject([
      { kind: 'stalled', stage: 'ServiceAccount', stall: { reason: 'NoRegistries' } },
    ]);
  });

  it('are there for a suspended registry', () => {
    const legs = legsOfPipeline(world({}, [registryIn('asleep', 'eu-west-1', { suspend: true })]));
    expect(legs).toMatchObject([{ kind: 'ready' }]);
  });

  it('try the repositories of each registry', () => {
    const verify = { onChange: false, repositories: [repository('team/app')] };
    const legs = legsOfPipeline(world({}, [ireland, registryIn('ohio', 'us-east-2', { verify })]));
    expect(tried(legs)).toEqual({
      'pipeline, registry ireland': [],
      'pipeline, registry ohio': ['team/app'],
    });
  });

  it('try those of the pipeline in their place, where their host is, else at the first registry', () => {
    const verify = {
      onChange: false,
      repositories: [
        repository('first'),
        repository('there', hostIn('us-east-2')),
        repository('nowhere', hostIn('eu-central-1')),
      ],
    };
    const theirs = { onChange: false, repositories: [repository('theirs')] };
    const legs = legsOfPipeline(
      world({ verify }, [ireland, registryIn('ohio', 'us-east-2', { verify: theirs })]),
    );
    expect(tried(legs)).toEqual({
      'pipeline, registry ireland': ['first', 'nowhere'],
      'pipeline, registry ohio': ['there'],
    });
  });

  it('try a repository at a registry that has its account, and only then where AWS tells the account', () => {
    const credentials = { source: 'AccessKey' as const, accessKey: { secretName: 'keys' } };
    const callers = registryIn('callers', 'us-east-2', { registries: undefined, credentials });
    const verify = { onChange: false, repositories: [repository('there', hostIn('us-east-2'))] };
    const keySecrets = new Map([['ci/keys', '1']]);
    const both = legsOfPipeline(world({ verify }, [ireland, callers, ohio], { keySecrets }));
    expect(tried(both)).toEqual({
      'pipeline, registry ireland': [],
      'pipeline, registry callers': [],
      'pipeline, registry ohio': ['there'],
    });
    const alone = legsOfPipeline(world({ verify }, [ireland, callers], { keySecrets }));
    expect(tried(alone)['pipeline, registry callers']).toEqual(['there']);
  });

  it('leave out what is skipped, with the repositories that may be its own', () => {
    const verify = {
      onChange: false,
      repositories: [repository('first'), repository('there', hostIn('us-east-2'))],
    };
    const [first, second] = ['ireland', 'ohio'].map((name) =>
      legsOfPipeline(world({ verify }, [ireland, ohio]), (use) => use.registry === name),
    );
    expect(tried(first ?? [])).toEqual({ 'pipeline, registry ohio': ['there'] });
    expect(tried(second ?? [])).toEqual({ 'pipeline, registry ireland': ['first'] });
  });
});
