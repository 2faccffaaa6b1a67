import { describe, expect, it } from 'vitest';
import { type LinkWorld, wantedLinks } from '../../../src/controllers/service-account-links/wanted-links.ts';

const prod = { uid: 'uid-prod', secretName: 'prod-ecr', serviceAccounts: ['default', 'build-*'] };

/** The service account `default`, whose namespace has these Secrets: name -> UID of the owner. */
function wanted(secrets: Record<string, string>, world: Partial<LinkWorld> = {}): string[] {
  const ownerOf = (name: string): string | undefined => secrets[name];
  return wantedLinks({ sources: [prod], serviceAccount: 'default', recorded: [], ownerOf, ...world });
}

describe('a service account', () => {
  it('names the Secret once it exists', () => {
    expect(wanted({})).toEqual([]);
    expect(wanted({ 'prod-ecr': 'uid-prod' })).toEqual(['prod-ecr']);
  });

  it('is meant by its name or by a pattern', () => {
    const secrets = { 'prod-ecr': 'uid-prod' };
    expect(wanted(secrets, { serviceAccount: 'build-api' })).toEqual(['prod-ecr']);
    expect(wanted(secrets, { serviceAccount: 'builder' })).toEqual([]);
    expect(wanted(secrets, { serviceAccount: 'default-2' })).toEqual([]);
  });

  it('does not name a Secret of that name that belongs to another object', () => {
    expect(wanted({ 'prod-ecr': 'uid-other' })).toEqual([]);
    expect(wanted({ 'prod-ecr': 'uid-other' }, { recorded: ['prod-ecr'] })).toEqual([]);
  });

  it('goes on to name a Secret that is away for a moment', () => {
    expect(wanted({}, { recorded: ['prod-ecr'] })).toEqual(['prod-ecr']);
  });

  it('names the Secrets of several registries, sorted', () => {
    const sources = [prod, { uid: 'uid-base', secretName: 'base-ecr', serviceAccounts: ['*'] }];
    const secrets = { 'prod-ecr': 'uid-prod', 'base-ecr': 'uid-base' };
    expect(wanted(secrets, { sources })).toEqual(['base-ecr', 'prod-ecr']);
  });
});

describe('a Secret that gets another name', () => {
  const sources = [{ ...prod, secretName: 'new-ecr' }];
  const recorded = ['prod-ecr'];

  it('keeps its old link until there is one of the new name', () => {
    expect(wanted({ 'prod-ecr': 'uid-prod' }, { sources, recorded })).toEqual(['prod-ecr']);
    expect(wanted({ 'prod-ecr': 'uid-prod', 'new-ecr': 'uid-prod' }, { sources, recorded })).toEqual([
      'new-ecr',
    ]);
  });

  it('keeps its old link while the new name is taken', () => {
    expect(wanted({ 'prod-ecr': 'uid-prod', 'new-ecr': 'uid-x' }, { sources, recorded })).toEqual([
      'prod-ecr',
    ]);
  });

  it('loses its old link when the old Secret is gone, too', () => {
    expect(wanted({}, { sources, recorded })).toEqual([]);
  });
});

describe('an old link', () => {
  it('goes when no registry asks for it any more, whether its Secret is there or not', () => {
    const recorded = ['prod-ecr'];
    expect(wanted({ 'prod-ecr': 'uid-prod' }, { sources: [], recorded })).toEqual([]);
    const sources = [{ ...prod, serviceAccounts: ['other'] }];
    expect(wanted({ 'prod-ecr': 'uid-prod' }, { sources, recorded })).toEqual([]);
  });
});
