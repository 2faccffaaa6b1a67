import { describe, expect, it } from 'vitest';
import { finalRoleArn, type Identity, identityKey } from '../../src/identity/identity.ts';
import { roleOfServiceAccount } from '../../src/identity/service-account-role.ts';

const identity: Identity = {
  root: {
    source: 'ServiceAccount',
    namespace: 'ci',
    serviceAccount: 'builder',
    roleArn: 'arn:aws:iam::1:role/a',
  },
  sessionName: 's',
  hops: [{ roleArn: 'arn:aws:iam::2:role/b', sessionName: 's', tags: { x: '1', y: '2' } }],
  stsRegion: 'eu-west-1',
};

describe('identityKey', () => {
  it('is equal for equal identities whatever the order of their fields', () => {
    const { hops, ...rest } = identity;
    const [hop] = hops;
    const reordered = { hops: [{ ...hop, tags: { y: '2', x: '1' } }], ...rest } as Identity;
    expect(identityKey(reordered)).toBe(identityKey(identity));
  });

  it.each<[string, Identity]>([
    [
      'service account',
      { ...identity, root: { ...identity.root, serviceAccount: 'other' } as Identity['root'] },
    ],
    ['namespace', { ...identity, root: { ...identity.root, namespace: 'other' } as Identity['root'] }],
    [
      'role',
      { ...identity, root: { ...identity.root, roleArn: 'arn:aws:iam::1:role/z' } as Identity['root'] },
    ],
    ['chain', { ...identity, hops: [] }],
    ['session name', { ...identity, sessionName: 't' }],
    ['region of STS', { ...identity, stsRegion: 'us-east-1' }],
  ])('differs with the %s', (_what, other) => {
    expect(identityKey(other)).not.toBe(identityKey(identity));
  });
});

describe('finalRoleArn', () => {
  it('is the last role of the chain, else the role of the service account', () => {
    expect(finalRoleArn(identity)).toBe('arn:aws:iam::2:role/b');
    expect(finalRoleArn({ ...identity, hops: [] })).toBe('arn:aws:iam::1:role/a');
    expect(finalRoleArn({ ...identity, root: { source: 'Operator' }, hops: [] })).toBeUndefined();
  });
});

describe('roleOfServiceAccount', () => {
  const general = 'eks.amazonaws.com/role-arn';
  const ecr = 'eks.amazonaws.com/ecr-role-arn';

  it('prefers the annotation that is meant for ECR', () => {
    expect(roleOfServiceAccount({ [general]: 'g', [ecr]: 'e' })).toEqual({ annotation: ecr, roleArn: 'e' });
  });

  it('takes an empty annotation as unset', () => {
    expect(roleOfServiceAccount({ [general]: 'g', [ecr]: ' ' })).toEqual({
      annotation: general,
      roleArn: 'g',
    });
    expect(roleOfServiceAccount({ [general]: '' })).toBeUndefined();
    expect(roleOfServiceAccount(undefined)).toBeUndefined();
  });
});
