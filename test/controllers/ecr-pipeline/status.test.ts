import { describe, expect, it } from 'vitest';
import type { EcrPipelineStatus } from '../../../src/api/ecr-pipeline.ts';
import { TokenUnavailable } from '../../../src/aws/token-source.ts';
import { decide } from '../../../src/controllers/ecr-pipeline/decide.ts';
import { pipelineStatus, type TargetOutcome } from '../../../src/controllers/ecr-pipeline/status.ts';
import type { World } from '../../../src/controllers/ecr-pipeline/world.ts';
import { hour } from '../../secrets/fixtures.ts';
import { now } from '../ecr-registry/fixtures.ts';
import { carriedOut, registryIn, secretAfter, world } from './fixtures.ts';

const allowedOnly = registryIn('prod', 'eu-west-1', {
  credentials: { source: 'ServiceAccount', serviceAccounts: { account: 'puller', allowed: ['build-*'] } },
});
const spec = {
  serviceAccount: 'build-api',
  triggers: [{ name: 'release', serviceAccount: 'pusher' }, { name: 'nightly' }],
};

const outcomesOf = (w: World, at = now): TargetOutcome[] =>
  decide(w, at).map((decision) => carriedOut(decision, w.secrets.get(decision.target.secretName)));
const statusOf = (w: World): EcrPipelineStatus => pipelineStatus(w, outcomesOf(w), now);
const readyOf = ({ conditions }: EcrPipelineStatus) => conditions?.find(({ type }) => type === 'Ready');

describe('the status of a pipeline', () => {
  it('tells for each Secret whose it is, who won and until when it is good', () => {
    const status = statusOf(world(spec));
    expect(status).toMatchObject({ observedGeneration: 2, ready: '3/3', expiresAt: '2026-01-02T00:00:00Z' });
    expect(status.secrets).toEqual([
      {
        secretName: 'api-ecr',
        ready: true,
        winners: [{ registry: 'prod', level: 'pipeline', serviceAccount: 'build-api' }],
        expiresAt: '2026-01-02T00:00:00Z',
        refreshAt: expect.any(String),
      },
      expect.objectContaining({
        trigger: 'release',
        secretName: 'api.release-ecr',
        winners: [{ registry: 'prod', level: 'trigger', serviceAccount: 'pusher' }],
      }),
      expect.objectContaining({ trigger: 'nightly', secretName: 'api.nightly-ecr', ready: true }),
    ]);
    expect(readyOf(status)).toMatchObject({
      status: 'True',
      reason: 'Ready',
      message: '3 Secrets are fresh',
    });
  });

  it('sums up the service accounts in use with their levels, each once', () => {
    expect(statusOf(world(spec)).serviceAccounts).toBe('build-api (pipeline), pusher (trigger)');
    const both = { serviceAccount: 'one', triggers: [{ name: 'a', serviceAccount: 'one' }] };
    expect(statusOf(world(both)).serviceAccounts).toBe('one (pipeline, trigger)');
    expect(statusOf(world()).serviceAccounts).toBe('puller (account)');
  });

  it('counts the Secrets that are ready and gives the first problem', () => {
    const status = statusOf(
      world({ ...spec, triggers: [...spec.triggers, { name: 'z', serviceAccount: 'x' }] }, [allowedOnly]),
    );
    expect(status.ready).toBe('2/4');
    expect(readyOf(status)).toMatchObject({ status: 'False', reason: 'ServiceAccountNotAllowed' });
    expect(readyOf(status)?.message).toMatch(
      /^Secret api\.release-ecr: service account pusher of level trigger.*\(and 1 more Secrets, see status\.secrets\)$/,
    );
    expect(status.secrets?.[1]).toMatchObject({ ready: false, reason: 'ServiceAccountNotAllowed' });
    expect(status.secrets?.[1]).not.toHaveProperty('expiresAt');
  });

  it('says that the old login still works, and until when', () => {
    const first = outcomesOf(world(spec)).map(
      (outcome) => [outcome.decision.target.secretName, secretAfter(outcome)] as const,
    );
    const refused = world(spec, [allowedOnly], { secrets: new Map(first) });
    const status = pipelineStatus(refused, outcomesOf(refused), now + hour);
    expect(status.secrets?.[1]?.message).toMatch(
      /\(the Secret keeps its login, good until 2026-01-02T00:00:00Z\)$/,
    );
    expect(status.secrets?.[1]?.expiresAt).toBe('2026-01-02T00:00:00Z');
  });

  it('shows what AWS refused, after what a user has to change', () => {
    const w = world();
    const failure = { kind: 'transient', reason: 'Throttled', message: 'AWS is busy.' } as const;
    const failures = new Map([['prod/eu-west-1', new TokenUnavailable(failure, now + 9_000)]]);
    const outcomes = decide(w, now).map((decision) => carriedOut(decision, undefined, failures));
    const status = pipelineStatus(w, outcomes, now);
    expect(status).toMatchObject({ ready: '0/1' });
    expect(readyOf(status)).toMatchObject({ reason: 'Throttled', message: 'Secret api-ecr: AWS is busy.' });
  });

  it('says that there is no registry, and claims no Secret', () => {
    const status = statusOf(world({}, []));
    expect(status).toMatchObject({ ready: '0/1', serviceAccounts: '' });
    expect(readyOf(status)).toMatchObject({
      status: 'False',
      reason: 'NoRegistries',
      message: 'there is no EcrRegistry in namespace ci: create one, it is used at once',
    });
  });

  it('names the registry that loses its host, and stays ready', () => {
    const old = registryIn('old', 'eu-west-1', {}, { creationTimestamp: '2026-01-01T00:00:00Z' });
    const young = registryIn('new', 'eu-west-1', {}, { creationTimestamp: '2026-01-02T00:00:00Z' });
    const ready = readyOf(statusOf(world(spec, [old, young])));
    expect(ready?.status).toBe('True');
    expect(ready?.message).toMatch(
      /^3 Secrets are fresh; registries new and old both log in to .*: old wins/,
    );
    expect(ready?.message.match(/both log in/g)).toHaveLength(1);
  });

  it('is the same after a restart that asks AWS nothing', () => {
    const w = world(spec);
    const outcomes = outcomesOf(w);
    const status = pipelineStatus(w, outcomes, now);
    const secrets = new Map(
      outcomes.map((outcome) => [outcome.decision.target.secretName, secretAfter(outcome)]),
    );
    const restarted = { ...w, secrets, pipeline: { ...w.pipeline, status } };
    const again = outcomesOf(restarted, now + hour);
    expect(again.map(({ decision }) => decision.plan.kind)).toEqual(['keep', 'keep', 'keep']);
    expect(pipelineStatus(restarted, again, now + hour)).toEqual(status);
  });
});
