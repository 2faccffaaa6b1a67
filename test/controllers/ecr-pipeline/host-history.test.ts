import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EcrRegistry } from '../../../src/api/ecr-registry.ts';
import { decide } from '../../../src/controllers/ecr-pipeline/decide.ts';
import type { Auth } from '../../../src/docker-config/docker-config.ts';
import { nextAuths, nextContent, recordsOf } from '../../../src/secrets/content.ts';
import type { ObservedSecret } from '../../../src/secrets/observed-secret.ts';
import { hour, observedSecret } from '../../secrets/fixtures.ts';
import { now as start } from '../ecr-registry/fixtures.ts';
import { hostIn, issued, registryIn, world } from './fixtures.ts';

const host = hostIn('eu-west-1');

/** A registry of a history, in the order of age; all log in to the same host, each as a service account of its own. */
interface Sharer {
  listed: boolean;
  primary: boolean;
  suspended: boolean;
  failing: boolean;
}

/** A Secret as the API server would have it: what is noted about it, and whose login is where. */
interface Stored {
  observed: ObservedSecret;
  auths: ReadonlyMap<string, Auth>;
}

const registryOf = ({ primary, suspended }: Sharer, i: number): EcrRegistry => {
  const credentials = {
    source: 'ServiceAccount' as const,
    serviceAccounts: { account: `sa-${i}` },
  };
  const creationTimestamp = `2026-01-0${i + 1}T00:00:00Z`;
  return registryIn(
    `r${i}`,
    'eu-west-1',
    { primary, suspend: suspended, credentials },
    { creationTimestamp },
  );
};

/** One look at the pipeline: gives the Secret after it, and whether it was written. */
function look(
  sharers: readonly Sharer[],
  stored: Stored | undefined,
  now: number,
): [Stored | undefined, boolean] {
  const registries = sharers.map(registryOf).filter((_registry, i) => sharers[i]?.listed);
  const secrets = new Map(stored === undefined ? [] : [['api-ecr', stored.observed]]);
  const [decision] = decide(world({}, registries, { secrets }), now);
  if (decision?.plan.kind !== 'sync') return [stored, false];
  const { plan, desired, requests } = decision;
  const fails = (id: string): boolean => sharers[Number(id.slice(1, id.indexOf('/')))]?.failing === true;
  const answers = [...requests.keys()].filter((id) => !fails(id));
  const content = nextContent(plan.steps, new Map(answers.map((id) => [id, issued(id, now)])));
  const changed = plan.dropped.length > 0 || content.some(({ kind }) => kind === 'issued');
  if (!changed) return [stored, false];
  const observed = observedSecret(desired, { tokens: recordsOf(content) });
  return [{ observed, auths: nextAuths(content, stored?.auths ?? new Map()) }, true];
}

/** The registry that is to have the host, by age alone and `primary`. */
function winnerOf(sharers: readonly Sharer[]): string | undefined {
  const able = sharers.map((sharer, i) => ({ ...sharer, i })).filter((s) => s.listed && !s.suspended);
  const winner = able.find(({ primary }) => primary) ?? able[0];
  return winner && `r${winner.i}/eu-west-1`;
}

/** The registry that has the host and is suspended with a login that is still good: it keeps the host. */
function holderOf(sharers: readonly Sharer[], stored: Stored | undefined, now: number): string | undefined {
  const records = Object.entries(stored?.observed.tokens ?? {});
  const [id] = records.find(([, { hosts, expiresAtMs }]) => hosts.includes(host) && expiresAtMs > now) ?? [];
  const sharer = sharers[Number(id?.at(1))];
  return sharer?.listed === true && sharer.suspended ? id : undefined;
}

/** What is noted about each host must be true of the login that is there. */
function checkRecords({ observed, auths }: Stored): void {
  const claims = Object.entries(observed.tokens).flatMap(([id, record]) =>
    record.hosts.map(() => ({ id, record })),
  );
  expect(claims.length).toBeLessThanOrEqual(1);
  for (const { id, record } of claims) {
    expect(auths.get(host)?.password.reveal()).toBe(id);
    expect(auths.get(host)).toMatchObject({ issuedAtMs: record.issuedAtMs });
  }
}

const flag = fc.constantFrom<keyof Sharer>('listed', 'primary', 'suspended', 'failing');
const step = fc.record({
  which: fc.nat(2),
  flag,
  hours: fc.constantFrom(0, 0, 1, 7, 13),
});

describe('a host that registries share, whatever happens to them', () => {
  it('has the login of the winner, and the records say so', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const sharers = Array.from({ length: 3 }, () => ({
          listed: true,
          primary: false,
          suspended: false,
          failing: false,
        }));
        let now = start;
        let [stored] = look(sharers, undefined, now);
        for (const { which, flag: changed, hours } of steps) {
          const sharer = sharers[which];
          if (sharer !== undefined) sharer[changed] = !sharer[changed];
          now += hours * hour;
          const had = stored?.auths.has(host) === true;
          const holder = holderOf(sharers, stored, now);
          [stored] = look(sharers, stored, now);
          if (stored === undefined) continue;
          checkRecords(stored);
          const winner = holder ?? winnerOf(sharers);
          const winnerFails = sharers[Number(winner?.at(1))]?.failing === true;
          if (winner !== undefined && (holder !== undefined || !winnerFails))
            expect(stored.auths.get(host)?.password.reveal()).toBe(winner);
          const anyLeft = sharers.every(({ listed }) => listed);
          if (had && anyLeft) expect(stored.auths.has(host)).toBe(true);
          if (sharers.every(({ failing }) => !failing)) expect(look(sharers, stored, now)[1]).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
