import { describe, expect, it } from 'vitest';
import { TokenUnavailable } from '../../../src/aws/token-source.ts';
import { decide, type TargetDecision } from '../../../src/controllers/ecr-pipeline/decide.ts';
import type { World } from '../../../src/controllers/ecr-pipeline/world.ts';
import type { TokenStep } from '../../../src/secrets/plan.ts';
import { observedSecret } from '../../secrets/fixtures.ts';
import { now, registry } from '../ecr-registry/fixtures.ts';
import { carriedOut, hostIn, registryIn, secretAfter, world, selected } from './fixtures.ts';

const prod = registryIn('prod', 'eu-west-1');
const dev = registryIn('dev', 'us-east-1', { credentials: { source: 'ServiceAccount' } });

const winnersOf = ({ uses }: TargetDecision): string[] =>
  uses.map(
    ({ registry: name, winner }) => `${name}: ${winner?.serviceAccount ?? 'nobody'} of ${winner?.level}`,
  );

function decideOne(w: World): TargetDecision {
  const [decision] = decide(w, now);
  if (decision === undefined) throw new Error('a pipeline has at least its own Secret');
  return decision;
}

const idOf = (step: TokenStep): string => (step.kind === 'hold' ? step.id : step.token.id);

/** A Secret that has a token of each registry. */
function withSecret(before: World, after: World): World {
  const secret = secretAfter(carriedOut(decideOne(before)));
  return { ...after, secrets: new Map([[decideOne(before).target.secretName, secret]]) };
}

describe('the Secrets of a pipeline', () => {
  it('are one for the pipeline and one for each trigger, named after both', () => {
    const triggers = [{ name: 'release' }, { name: 'nightly', secretName: 'night' }];
    const names = (spec: World['pipeline']['spec']): (string | undefined)[][] =>
      decide(world(spec), now).map(({ target }) => [target.trigger, target.secretName]);
    expect(names({ triggers })).toEqual([
      [undefined, 'api-ecr'],
      ['release', 'api.release-ecr'],
      ['nightly', 'night'],
    ]);
    expect(names({ secretName: 'mine' })).toEqual([[undefined, 'mine']]);
  });

  it('say on the Secret of a trigger which one it is for', () => {
    const [own, release] = decide(world({ triggers: [{ name: 'release' }] }), now);
    expect(own?.desired.annotations).toEqual({});
    expect(release?.desired.annotations).toEqual({ 'ecr-operator.dev/trigger': 'release' });
    expect(release?.desired).toMatchObject({
      namespace: 'ci',
      owner: { kind: 'EcrPipeline', name: 'api', uid: 'uid-api' },
      deleteWithOwner: true,
    });
  });

  it('hold a token for each registry and region, told apart by the name of the registry', () => {
    const registries = [{ accountId: '111122223333', endpoints: ['Standard' as const] }];
    const two = registryIn('two', 'eu-west-1', {
      registries: [...registries, { ...registries[0], region: 'us-east-1' } as (typeof registries)[number]],
    });
    expect([...decideOne(world({}, [prod, two])).requests.keys()].toSorted()).toEqual([
      'prod/eu-west-1',
      'two/eu-west-1',
      'two/us-east-1',
    ]);
  });
});

describe('the winner', () => {
  it('is found for each registry and each Secret by itself', () => {
    const spec = { serviceAccount: '', triggers: [{ name: 'release', serviceAccount: 'pusher' }] };
    const settings = {
      runtimeServiceAccount: 'engine',
      allowOperatorIdentity: false,
      clusterIdentityNamespace: '',
    };
    const [own, release] = decide(world(spec, [prod, dev], { settings }), now);
    expect(own && winnersOf(own)).toEqual(['prod: puller of account', 'dev: engine of runtime']);
    expect(release && winnersOf(release)).toEqual(['prod: pusher of trigger', 'dev: pusher of trigger']);
  });

  it('of a trigger that names nobody is that of its pipeline', () => {
    const spec = { serviceAccount: 'builder', triggers: [{ name: 'nightly' }] };
    const [own, nightly] = decide(world(spec), now);
    expect(own && winnersOf(own)).toEqual(['prod: builder of pipeline']);
    expect(nightly && winnersOf(nightly)).toEqual(['prod: builder of pipeline']);
    expect(nightly?.desired.tokens[0]?.tokenKey).toBe(own?.desired.tokens[0]?.tokenKey);
  });

  it('is not asked for where the registry does not resolve from a service account', () => {
    const credentials = { source: 'AccessKey' as const, accessKey: { secretName: 'user' } };
    const keys = registryIn('keys', 'eu-west-1', { credentials });
    const w = world({ serviceAccount: 'builder' }, [keys], { keySecrets: new Map([['ci/user', '7']]) });
    expect(decideOne(w).uses).toMatchObject([
      { registry: 'keys', winner: undefined, outcome: { kind: 'resolved' } },
    ]);
  });

  it('is used or nobody is: one that does not exist is not replaced by a lower level', () => {
    const missing = world({ serviceAccount: 'builder' });
    const w = {
      ...missing,
      serviceAccounts: new Map([...missing.serviceAccounts].filter(([key]) => key === 'ci/puller')),
    };
    const decision = decideOne(w);
    expect(decision.stalls.get('prod')?.reason).toBe('ServiceAccountNotFound');
    expect(decision.stalls.get('prod')?.message).toMatch(
      /ci\/builder of level pipeline.*spec\.serviceAccount/,
    );
    expect([...decision.requests]).toEqual([]);
  });
});

describe('a registry that restricts who may come', () => {
  const allowed = (...patterns: string[]) =>
    registryIn('prod', 'eu-west-1', {
      credentials: { source: 'ServiceAccount', serviceAccounts: { account: 'puller', allowed: patterns } },
    });

  it('refuses the one Secret, naming level, service account and rule', () => {
    const spec = { serviceAccount: 'build-api', triggers: [{ name: 'release', serviceAccount: 'pusher' }] };
    const [own, release] = decide(world(spec, [allowed('build-*')]), now);
    expect(own?.stalls.size).toBe(0);
    expect(release?.stalls.get('prod')).toEqual({
      reason: 'ServiceAccountNotAllowed',
      message:
        'service account pusher of level trigger is refused by EcrRegistry prod: spec.credentials.serviceAccounts.allowed has build-*; use one of these, or have it added',
    });
  });

  it('says so too when it lets nobody in, and goes on with its own service account', () => {
    const decision = decideOne(world({ serviceAccount: 'builder' }, [allowed()]));
    expect(decision.stalls.get('prod')?.message).toContain('allowed has no name;');
    expect(decideOne(world({}, [allowed()])).stalls.size).toBe(0);
  });
});

describe('a registry that cannot be used', () => {
  const both = world({}, [prod, dev], {
    settings: { runtimeServiceAccount: 'puller', allowOperatorIdentity: false, clusterIdentityNamespace: '' },
  });
  const withRegistries = (registries: World['registries']): World =>
    withSecret(both, { ...both, registries });

  it.each([
    [
      'is suspended',
      registryIn('prod', 'eu-west-1', { suspend: true }),
      'Suspended',
      /EcrRegistry ci\/prod is suspended/,
    ],
    [
      'does not exist',
      undefined,
      'RegistryNotFound',
      /EcrRegistry ci\/prod of spec\.registries does not exist: create it/,
    ],
    ['has no such region', registryIn('prod', 'moon-base-1'), 'InvalidRegistry', /moon-base-1/],
  ])(
    'keeps its login in the Secret when it %s, while the other goes on',
    (_what, broken, reason, message) => {
      const decision = decideOne(withRegistries([selected('prod', broken), selected('dev', dev)]));
      expect(decision.stalls.get('prod')).toMatchObject({ reason, message: expect.stringMatching(message) });
      expect([...decision.stalls.keys()]).toEqual(['prod']);
      const steps = decision.plan.kind === 'keep' || decision.plan.kind === 'sync' ? decision.plan.steps : [];
      expect(steps.map(({ kind }) => kind).toSorted()).toEqual(['hold', 'keep']);
      expect(steps.find(({ kind }) => kind === 'hold')).toMatchObject({
        id: 'prod/eu-west-1',
        record: { hosts: [hostIn('eu-west-1')] },
      });
    },
  );

  it('leaves the Secret when the pipeline has it no more', () => {
    const decision = decideOne(withRegistries([selected('dev', dev)]));
    expect(decision.plan).toMatchObject({ kind: 'sync', dropped: ['prod/eu-west-1'] });
  });

  it('does not take a registry along whose name begins with its own', () => {
    const w = withSecret(world({}, [prod, registryIn('prod-2', 'us-east-1')]), world({}, [prod]));
    expect(decideOne({ ...w, registries: [selected('prod')] }).plan).toMatchObject({
      dropped: ['prod-2/us-east-1'],
    });
  });
});

describe('a refresh', () => {
  it('is taken from the annotation of the pipeline, for every Secret', () => {
    const w = world({ triggers: [{ name: 'release' }] });
    const annotations = { 'ecr-operator.dev/refresh-requested-at': new Date(now - 1000).toISOString() };
    const asked = { ...w, pipeline: { ...w.pipeline, metadata: { ...w.pipeline.metadata, annotations } } };
    expect(decide(asked, now).map(({ freshness }) => freshness.notBeforeMs)).toEqual([
      now - 1000,
      now - 1000,
    ]);
  });

  it('that is requested of a registry is one of its tokens alone, in every Secret that contains it', () => {
    const settings = { ...world().settings, runtimeServiceAccount: 'puller' };
    const spec = { triggers: [{ name: 'release', serviceAccount: 'pusher' }] };
    const first = decide(world(spec, [prod, dev], { settings }), now);
    const secrets = new Map(first.map((d) => [d.target.secretName, secretAfter(carriedOut(d))] as const));
    const stepsWhen = (requestedAtMs: number, at: number): unknown[] => {
      const annotations = { 'ecr-operator.dev/refresh-requested-at': new Date(requestedAtMs).toISOString() };
      const registries = [prod, { ...dev, metadata: { ...dev.metadata, annotations } }];
      return decide(world(spec, registries, { settings, secrets }), at).map(
        ({ plan }) => 'steps' in plan && new Map(plan.steps.map((step) => [idOf(step), step])),
      );
    };
    const refreshed = new Map([
      ['prod/eu-west-1', expect.objectContaining({ kind: 'keep' })],
      ['dev/us-east-1', expect.objectContaining({ because: 'requested', notBeforeMs: now + 1 })],
    ]);
    const kept = new Map([...refreshed.keys()].map((id) => [id, expect.objectContaining({ kind: 'keep' })]));
    expect(stepsWhen(now + 1, now + 2)).toEqual([refreshed, refreshed]);
    expect(stepsWhen(now + 1, now)).toEqual([kept, kept]);
    expect(stepsWhen(now, now + 2)).toEqual([kept, kept]);
  });

  it('that fails for one registry leaves its record while the other is renewed', () => {
    const settings = {
      runtimeServiceAccount: 'puller',
      allowOperatorIdentity: false,
      clusterIdentityNamespace: '',
    };
    const w = world({}, [prod, dev], { settings });
    const first = secretAfter(carriedOut(decideOne(w)));
    const later = now + 7 * 3_600_000;
    const [due] = decide({ ...w, secrets: new Map([['api-ecr', first]]) }, later);
    if (due === undefined) throw new Error('no decision');
    const down = new TokenUnavailable({ kind: 'transient', reason: 'Throttled', message: 'busy' }, later);
    const second = secretAfter(carriedOut(due, first, new Map([['prod/eu-west-1', down]]), later));
    expect(second.tokens['prod/eu-west-1']).toEqual(first.tokens['prod/eu-west-1']);
    expect(second.tokens['dev/us-east-1']?.issuedAtMs).toBe(later);
  });

  it('is not planned for a Secret that belongs to somebody else', () => {
    const foreign = observedSecret(decideOne(world()).desired, { ownerUid: 'other' });
    const w = world({}, [registry()], { secrets: new Map([['api-ecr', foreign]]) });
    expect(decideOne(w).plan.kind).toBe('conflict');
  });
});

describe('two Secrets of one name', () => {
  it('are the first one alone, and the other says so', () => {
    const triggers = [{ name: 'release', secretName: 'api-ecr', serviceAccount: 'releaser' }];
    const [own, trigger] = decide(world({ triggers }, [registryIn('prod', 'eu-west-1')]), now);
    expect(own?.plan.kind).toBe('sync');
    expect(trigger?.plan.kind).toBe('keep');
    expect([...(trigger?.stalls.values() ?? [])][0]?.reason).toBe('SecretNameTaken');
  });
});
