import { describe, expect, it } from 'vitest';
import { fingerprint, planFanOut } from '../../../src/controllers/cluster-ecr-registry/plan.ts';
import { now } from '../ecr-registry/fixtures.ts';
import { clusterRegistry, factsOf, planOf } from './fixtures.ts';

const requestedAt = (time: number) => {
  const registry = clusterRegistry();
  const annotations = { 'ecr-operator.dev/refresh-requested-at': new Date(time).toISOString() };
  return { ...registry, metadata: { ...registry.metadata, annotations } };
};

describe('the plan of a fan-out', () => {
  it('asks for one token for all namespaces', () => {
    const plan = planOf(clusterRegistry());
    expect(plan.tokens).toHaveLength(1);
    expect([...plan.requests.keys()]).toEqual(plan.tokens.map(({ desired }) => desired.id));
  });

  it('stalls where something must be changed by somebody', () => {
    const reason = (facts: ReturnType<typeof factsOf>): string => {
      const plan = planFanOut(facts, now);
      return plan.kind === 'stalled' ? plan.stall.reason : 'ready';
    };
    const facts = factsOf(clusterRegistry());
    expect(reason(factsOf(clusterRegistry({ suspend: true })))).toBe('Suspended');
    expect(reason({ ...facts, identityNamespace: '' })).toBe('NoIdentityNamespace');
    expect(reason({ ...facts, winner: undefined })).toBe('NoServiceAccount');
    expect(reason(facts)).toBe('ready');
  });
});

describe('its fingerprint', () => {
  const print = (registry: ReturnType<typeof clusterRegistry>): string =>
    fingerprint(registry, planFanOut(factsOf(registry), now));

  it('is the same while no Secret has to change', () => {
    expect(print(clusterRegistry())).toBe(print(clusterRegistry()));
  });

  it('changes with what the Secrets hold, with the spec, and with a refresh that is asked for', () => {
    const other = clusterRegistry();
    const all = [
      other,
      clusterRegistry({ region: 'us-east-1' }),
      clusterRegistry({ suspend: true }),
      { ...other, metadata: { ...other.metadata, generation: 4 } },
      { ...other, metadata: { ...other.metadata, uid: 'made-anew' } },
      requestedAt(now - 1_000),
    ].map(print);
    expect(new Set(all).size).toBe(all.length);
  });

  it('does not change with a refresh that is asked for later', () => {
    expect(print(requestedAt(now + 60_000))).toBe(print(clusterRegistry()));
  });
});
