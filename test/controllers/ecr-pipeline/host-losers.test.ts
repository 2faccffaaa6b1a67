import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EcrRegistry } from '../../../src/api/ecr-registry.ts';
import { decide, type TargetDecision } from '../../../src/controllers/ecr-pipeline/decide.ts';
import { nextAuths, nextContent } from '../../../src/secrets/content.ts';
import { now } from '../ecr-registry/fixtures.ts';
import { hostIn, issued, registryIn, world } from './fixtures.ts';

const host = hostIn('eu-west-1');
const allRegions = ['eu-west-1', 'us-east-1', 'us-west-2'] as const;

interface Sharer {
  name: string;
  day: number;
  primary?: boolean;
}

const sharer = ({ name, day, primary = false }: Sharer): EcrRegistry => {
  const creationTimestamp = `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;
  return registryIn(name, 'eu-west-1', { primary }, { creationTimestamp });
};

function decideFor(registries: readonly EcrRegistry[]): TargetDecision {
  const [decision] = decide(world({}, registries), now);
  if (decision === undefined) throw new Error('a pipeline has at least its own Secret');
  return decision;
}

/** Whose login a new Secret has for a host: the passwords name the token. */
function loginFor({ plan, requests }: TargetDecision, name: string): string | undefined {
  const steps = plan.kind === 'sync' ? plan.steps : [];
  const tokens = new Map([...requests.keys()].map((id) => [id, issued(id)]));
  return nextAuths(nextContent(steps, tokens), new Map()).get(name)?.password.reveal();
}

describe('two registries that log in to the same host', () => {
  it.each<[string, Sharer[], string]>([
    [
      'the older one',
      [
        { name: 'new', day: 2 },
        { name: 'old', day: 1 },
      ],
      'old',
    ],
    [
      'the primary one, though it is younger',
      [
        { name: 'new', day: 2, primary: true },
        { name: 'old', day: 1 },
      ],
      'new',
    ],
    [
      'the oldest primary of several',
      [
        { name: 'a', day: 3, primary: true },
        { name: 'b', day: 2, primary: true },
        { name: 'c', day: 1 },
      ],
      'b',
    ],
    [
      'the first by name among those of one second',
      [
        { name: 'b', day: 1 },
        { name: 'a', day: 1 },
      ],
      'a',
    ],
  ])('give the Secret the login of %s, in whatever order they are listed', (_what, sharers, winner) => {
    for (const list of [sharers, sharers.toReversed()]) {
      const decision = decideFor(list.map(sharer));
      expect(loginFor(decision, host)).toBe(`${winner}/eu-west-1`);
      expect([...decision.losers.keys()].toSorted()).toEqual(
        sharers
          .map(({ name }) => name)
          .filter((name) => name !== winner)
          .toSorted(),
      );
    }
  });

  it('name loser, host and winner, and what to do', () => {
    const { losers } = decideFor([sharer({ name: 'new', day: 2 }), sharer({ name: 'old', day: 1 })]);
    expect(losers.get('new')).toEqual({
      reason: 'HostTaken',
      message: `registries new and old both log in to ${host}, and a Secret has one login for each host: old wins, as the primary or the older one; set spec.primary on the one that should, or name only one in spec.registries`,
    });
  });

  it('are no loss where they share an identity in other regions, or one of them cannot be used', () => {
    expect(decideFor([sharer({ name: 'a', day: 1 }), registryIn('b', 'us-east-1')]).losers.size).toBe(0);
    const suspended = registryIn('b', 'eu-west-1', { suspend: true });
    const decision = decideFor([sharer({ name: 'a', day: 1 }), suspended]);
    expect(decision.losers.size).toBe(0);
    expect(loginFor(decision, host)).toBe('a/eu-west-1');
  });

  it('are two: one that has a host in two entries does not lose it to itself', () => {
    const entry = { accountId: '111122223333', endpoints: ['Standard' as const] };
    const twice = registryIn('a', 'eu-west-1', { registries: [entry, entry] });
    expect(decideFor([twice]).losers.size).toBe(0);
  });

  it('give every host the login of the registry of highest priority, and say the same of losers', () => {
    const one = fc.record({
      day: fc.integer({ min: 1, max: 3 }),
      primary: fc.boolean(),
      regions: fc.uniqueArray(fc.constantFrom(...allRegions), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), (ones) => {
        const registries = ones.map(({ day, primary, regions }, i) => {
          const entries = regions.map((region) => ({
            accountId: '111122223333',
            region,
            endpoints: ['Standard' as const],
          }));
          const made = sharer({ name: `r${i}`, day, primary });
          return { ...made, spec: { ...made.spec, registries: entries } };
        });
        const decision = decideFor(registries);
        const best = ones
          .map((o, i) => ({ ...o, name: `r${i}` }))
          .toSorted(
            (a, b) => Number(b.primary) - Number(a.primary) || a.day - b.day || (a.name < b.name ? -1 : 1),
          );
        const losers = new Set<string>();
        for (const region of allRegions) {
          const [winner, ...others] = best.filter(({ regions }) => regions.includes(region));
          expect(loginFor(decision, hostIn(region))).toBe(winner && `${winner.name}/${region}`);
          for (const { name } of others) losers.add(name);
        }
        expect(new Set(decision.losers.keys())).toEqual(losers);
      }),
    );
  });
});
