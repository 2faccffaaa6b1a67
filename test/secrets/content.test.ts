import { describe, expect, it } from 'vitest';
import { Redacted } from '../../src/base/redacted.ts';
import { dataChanges, nextAuths, nextContent, recordsOf } from '../../src/secrets/content.ts';
import { planSecret, type TokenStep } from '../../src/secrets/plan.ts';
import { desiredSecret, desiredToken, hour, issuedToken, observedSecret, start } from './fixtures.ts';

const eu = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const us = '111122223333.dkr.ecr.us-east-1.amazonaws.com';
const desired = desiredSecret([desiredToken('eu-west-1'), desiredToken('us-east-1')]);
const due = start + 7 * hour;

function stepsAt(now: number, observed = observedSecret(desired)): TokenStep[] {
  const plan = planSecret({ desired, observed, now, refreshRequestedAtMs: 0 });
  return 'steps' in plan ? plan.steps : [];
}

const existing = new Map([
  [eu, { username: 'AWS', password: new Redacted('old-eu') }],
  [us, { username: 'AWS', password: new Redacted('old-us') }],
  ['docker.io', { username: 'me', password: new Redacted('foreign') }],
]);

const passwords = (auths: ReadonlyMap<string, { password: Redacted<string> }>) =>
  Object.fromEntries([...auths].map(([host, auth]) => [host, auth.password.reveal()]));

describe('the next version of a Secret', () => {
  it('has the new logins where all tokens came', () => {
    const issued = new Map([
      ['eu-west-1', issuedToken('new-eu', due)],
      ['us-east-1', issuedToken('new-us', due)],
    ]);
    const content = nextContent(stepsAt(due), issued);
    expect(passwords(nextAuths(content, new Map()))).toEqual({ [eu]: 'new-eu', [us]: 'new-us' });
    expect(recordsOf(content)['eu-west-1']).toEqual({
      hash: 'hash-eu-west-1',
      issuedAtMs: due,
      expiresAtMs: due + 12 * hour,
      hosts: [eu],
    });
  });

  it('keeps the old login of a registry that failed, and its old times', () => {
    const content = nextContent(stepsAt(due), new Map([['eu-west-1', issuedToken('new-eu', due)]]));
    expect(passwords(nextAuths(content, existing))).toEqual({ [eu]: 'new-eu', [us]: 'old-us' });
    expect(recordsOf(content)['us-east-1']?.issuedAtMs).toBe(start);
  });

  it('keeps a login whose record was lost, while no newer one can be had', () => {
    const steps = stepsAt(due, { ...observedSecret(desired), tokens: {} });
    const content = nextContent(steps, new Map([['eu-west-1', issuedToken('new-eu', due)]]));
    expect(passwords(nextAuths(content, existing))).toEqual({ [eu]: 'new-eu', [us]: 'old-us' });
    expect(Object.keys(recordsOf(content))).toEqual(['eu-west-1']);
  });

  it('does not change the data when every token failed', () => {
    expect(dataChanges(nextContent(stepsAt(due), new Map()), [])).toBe(false);
  });

  it('is not a new version when the token at hand is the one that is there', () => {
    const same = new Map([['eu-west-1', issuedToken('old-eu', start)]]);
    expect(dataChanges(nextContent(stepsAt(due), same), [])).toBe(false);
  });

  it('never goes back to a token that expires earlier', () => {
    const short = new Map([['eu-west-1', issuedToken('short', due, hour)]]);
    const content = nextContent(stepsAt(due), short);
    expect(passwords(nextAuths(content, existing))).toMatchObject({ [eu]: 'old-eu' });
  });

  it('takes a token that expires earlier where the identity changed', () => {
    const old = observedSecret(desired);
    const tokens = Object.fromEntries(
      Object.entries(old.tokens).map(([id, r]) => [id, { ...r, hash: 'other' }]),
    );
    const content = nextContent(
      stepsAt(due, { ...old, tokens }),
      new Map([['eu-west-1', issuedToken('new', due, hour)]]),
    );
    expect(passwords(nextAuths(content, existing))).toMatchObject({ [eu]: 'new' });
  });
});

describe('tampered data', () => {
  it('leave no record of a login that could not be written anew, so that it is fetched later', () => {
    const tampered = observedSecret(desired, { dataIntact: false });
    const content = nextContent(
      stepsAt(start + hour, tampered),
      new Map([['eu-west-1', issuedToken('new-eu', start + hour)]]),
    );
    const after = observedSecret(desired, { tokens: recordsOf(content) });
    const next = stepsAt(start + 2 * hour, after).map((step) => step.kind);
    expect(next).toEqual(['keep', 'fetch']);
  });
});
