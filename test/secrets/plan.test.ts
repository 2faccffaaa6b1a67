import { describe, expect, it } from 'vitest';
import type { ObservedSecret } from '../../src/secrets/observed-secret.ts';
import { planSecret, type SecretPlan } from '../../src/secrets/plan.ts';
import { desiredSecret, desiredToken, hour, observedSecret, start } from './fixtures.ts';

const desired = desiredSecret([desiredToken('eu-west-1'), desiredToken('us-east-1')]);

function plan(observed: ObservedSecret | undefined, at = start + hour, requested = 0): SecretPlan {
  return planSecret({ desired, observed, now: at, refreshRequestedAtMs: requested });
}

const reasons = (p: SecretPlan): string[] =>
  'steps' in p ? p.steps.map((s) => (s.kind === 'fetch' ? s.because : 'keep')) : [p.kind];

describe('planSecret', () => {
  it('keeps a Secret that is as desired and fresh', () => {
    expect(plan(observedSecret(desired)).kind).toBe('keep');
  });

  it('fetches every token for a Secret that does not exist', () => {
    expect(plan(undefined).kind).toBe('sync');
    expect(reasons(plan(undefined))).toEqual(['missing', 'missing']);
  });

  it('fetches after half of the lifetime, within the jitter', () => {
    expect(reasons(plan(observedSecret(desired), start + 5 * hour))).toEqual(['keep', 'keep']);
    expect(reasons(plan(observedSecret(desired), start + 7 * hour))).toEqual(['due', 'due']);
  });

  it('fetches a token alone when who asks or for what has changed', () => {
    const old = observedSecret(desired);
    const tokens = {
      ...old.tokens,
      'us-east-1': { hash: 'other', issuedAtMs: start, expiresAtMs: start + 12 * hour, hosts: [] },
    };
    expect(reasons(plan({ ...old, tokens }))).toEqual(['keep', 'changed']);
  });

  it('fetches a token that has no record', () => {
    const { 'us-east-1': _gone, ...tokens } = observedSecret(desired).tokens;
    expect(reasons(plan(observedSecret(desired, { tokens })))).toEqual(['keep', 'missing']);
  });

  it('fetches everything when somebody else wrote the data', () => {
    expect(reasons(plan(observedSecret(desired, { dataIntact: false })))).toEqual(['tampered', 'tampered']);
  });

  it('fetches tokens that were issued before a refresh was requested, and no newer ones', () => {
    expect(reasons(plan(observedSecret(desired), start + hour, start + 1))).toEqual([
      'requested',
      'requested',
    ]);
    expect(reasons(plan(observedSecret(desired), start + hour, start))).toEqual(['keep', 'keep']);
  });

  it('fetches a token alone when a refresh of it was requested, and says since when none will do', () => {
    const tokensRequestedAtMs = new Map([['us-east-1', start + 1]]);
    const at = { desired, observed: observedSecret(desired), now: start + hour };
    const alone = planSecret({ ...at, refreshRequestedAtMs: 0, tokensRequestedAtMs });
    expect(alone).toMatchObject({ steps: [{ kind: 'keep' }, { kind: 'fetch', notBeforeMs: start + 1 }] });
    const both = planSecret({ ...at, refreshRequestedAtMs: start + 2, tokensRequestedAtMs });
    expect(both).toMatchObject({ steps: [{ notBeforeMs: start + 2 }, { notBeforeMs: start + 2 }] });
  });

  it('drops a token that is no longer wanted', () => {
    const wider = desiredSecret([...desired.tokens, desiredToken('ap-south-1')]);
    expect(plan(observedSecret(wider))).toMatchObject({ kind: 'sync', dropped: ['ap-south-1'] });
  });

  it.each<[string, Partial<ObservedSecret>]>([
    ['labels or annotations', { metadataHash: 'other' }],
    ['the owner reference', { owner: '' }],
  ])('mends %s without a new token', (_what, change) => {
    const mended = plan(observedSecret(desired, change));
    expect(mended).toMatchObject({ kind: 'sync', metadataDiffers: true });
    expect(reasons(mended)).toEqual(['keep', 'keep']);
  });

  it.each([undefined, 'uid-of-another'])('never touches a Secret whose owner is %s', (ownerUid) => {
    expect(plan(observedSecret(desired, { ownerUid }))).toMatchObject({ kind: 'conflict', ownerUid });
  });

  it('waits while its Secret is being deleted', () => {
    expect(plan(observedSecret(desired, { deleting: true })).kind).toBe('wait');
  });
});

describe('a token that is held', () => {
  const held = { hash: 'h', issuedAtMs: start, expiresAtMs: start + 12 * hour };
  const other = desiredSecret([desiredToken('eu-west-1')], { held: ['p/'] });
  const [host = ''] = other.tokens[0]?.hostsFor(undefined) ?? [];
  const planWith = (hosts: string[], now: number): SecretPlan =>
    planSecret({
      desired: other,
      observed: observedSecret(other, {
        tokens: { ...observedSecret(other).tokens, 'p/x': { ...held, hosts } },
      }),
      now,
      refreshRequestedAtMs: 0,
    });

  it('keeps its hosts to itself while its login is good', () => {
    const decided = planSecret({
      desired: other,
      observed: observedSecret(other, {
        tokens: {
          'p/x': { ...held, hosts: [host] },
          'eu-west-1': { ...held, hash: 'hash-eu-west-1', hosts: [] },
        },
      }),
      now: start + hour,
      refreshRequestedAtMs: 0,
    });
    expect(decided.kind).toBe('keep');
  });

  it('yields its hosts where what it belonged to is gone', () => {
    const yielding = { ...other, yielding: ['p/'] };
    const tokens = {
      'p/x': { ...held, hosts: [host] },
      'eu-west-1': { ...held, hash: 'hash-eu-west-1', hosts: [] },
    };
    const observed = observedSecret(other, { tokens });
    const decided = planSecret({ desired: yielding, observed, now: start + hour, refreshRequestedAtMs: 0 });
    expect(reasons(decided)).toEqual(['keep', 'changed']);
  });

  it('stays as it is, but for an expired login of ECR Public, which is worse than none', () => {
    expect(planWith(['a.example'], start + 5 * hour)).toMatchObject({ kind: 'keep' });
    expect(planWith(['public.ecr.aws'], start + 5 * hour)).toMatchObject({ kind: 'keep' });
    expect(planWith(['public.ecr.aws'], start + 13 * hour)).toMatchObject({ dropped: ['p/x'] });
    expect(planWith(['a.example'], start + 13 * hour)).toMatchObject({ dropped: [] });
  });
});
