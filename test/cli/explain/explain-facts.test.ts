import { describe, expect, it } from 'vitest';
import { explainFacts } from '../../../src/cli/explain/explain-facts.ts';
import { explanationLines } from '../../../src/cli/explain/explanation-lines.ts';
import type { Facts } from '../../../src/cli/explain/facts.ts';
import type { Subject } from '../../../src/cli/kinds.ts';
import { plain } from '../../../src/cli/paint.ts';
import { condition, now, pipelineSubject, registrySubject } from '../fixtures.ts';

const seen = <T>(value: T | undefined) => ({ seen: true, value }) as const;
const unseen = (why: string) => ({ seen: false, why }) as const;

const facts = (subject: Subject, more: Partial<Facts> = {}): Facts => ({
  subject,
  registries: [],
  accounts: new Map(),
  secrets: new Map(),
  warnings: seen([]),
  ...more,
});
const textOf = (some: Facts): string => explanationLines(explainFacts(some), now, plain).join('\n');

const ready = { observedGeneration: 1, conditions: [condition('True', 'Ready')] };

describe('an explanation', () => {
  it('says that no operator has looked, and that it has seen an older version only', () => {
    expect(textOf(facts(registrySubject()))).toMatch(/has no status\nNote: no operator has looked at it yet/);
    const changed = registrySubject({}, ready, { generation: 3 });
    expect(textOf(facts(changed))).toContain('Note: the operator has seen generation 1 of 3');
    expect(textOf(facts(registrySubject({}, ready)))).not.toContain('Note:');
  });

  it('says that nothing is refreshed while it is suspended', () => {
    expect(textOf(facts(registrySubject({ suspend: true }, ready)))).toContain('Note: it is suspended');
  });

  it.each([
    ['exists', { ownerUid: 'u1', deleting: false, hosts: [] }],
    ['deleting', { ownerUid: 'u1', deleting: true, hosts: [] }],
    ['foreign', { ownerUid: 'u2', deleting: false, hosts: [] }],
    ['foreign', { ownerUid: undefined, deleting: false, hosts: [] }],
    ['missing', undefined],
  ])('tells a Secret that is %s from the others', (state, secret) => {
    const secrets = new Map([['prod-ecr', seen(secret)]]);
    expect(explainFacts(facts(registrySubject({}, ready), { secrets })).secrets[0]?.state).toBe(state);
  });

  it('takes what is wrong now for the last failure, else the newest of events and tests', () => {
    const event = { time: '2026-01-01T11:30:00Z', reason: 'Throttled', message: 'from an event' };
    const warnings = seen([event]);
    const failing = { ...ready, conditions: [condition('False', 'NoRole')] };
    expect(explainFacts(facts(registrySubject({}, failing), { warnings })).lastFailure?.reason).toBe(
      'NoRole',
    );
    expect(explainFacts(facts(registrySubject({}, ready), { warnings })).lastFailure).toEqual(event);
    const stage = { name: 'Push' as const, ok: false, durationMs: 1, message: 'denied', code: 'DENIED' };
    const at = '2026-01-01T11:45:00Z';
    const verification = { requestedAt: at, startedAt: at, finishedAt: at, ok: false, stages: [stage] };
    const tested = registrySubject({}, { ...ready, verification });
    expect(explainFacts(facts(tested, { warnings })).lastFailure).toEqual({
      time: at,
      reason: 'DENIED',
      message: 'test: denied',
    });
  });

  it('names once each right that is missing, with all that it keeps from sight', () => {
    const why = 'you may not get secrets in namespace ci';
    const secrets = new Map([
      ['api-ecr', unseen(why)],
      ['api.x-ecr', unseen(why)],
    ]);
    const { notChecked } = explainFacts(facts(pipelineSubject({}, ready), { secrets }));
    expect(notChecked).toEqual([`Secret api-ecr, Secret api.x-ecr: ${why}`]);
  });

  it('says of keys and of the identity of the operator that levels do not matter', () => {
    const keys = { source: 'AccessKey', accessKey: { secretName: 'keys' } };
    const secrets = new Map([['keys', seen(undefined)]]);
    const text = textOf(facts(registrySubject({ credentials: keys }, ready), { secrets }));
    expect(text).toContain('the keys in Secret keys (which does not exist: create it); levels do not matter');
    expect(text).not.toContain('LEVEL');
  });

  it('says of a pipeline which service account a registry refuses', () => {
    const { object } = registrySubject({
      credentials: { source: 'ServiceAccount', serviceAccounts: { allowed: ['build-*'] } },
    });
    const registries = [{ name: 'prod', isCluster: false, registry: seen(object) }];
    const text = textOf(facts(pipelineSubject({ serviceAccount: 'deploy' }, ready), { registries }));
    expect(text).toContain(
      "as service account deploy (not looked at); refused: not in the registry's allowed list",
    );
  });
});
