import { describe, expect, it } from 'vitest';
import type { EcrRegistry } from '../../../src/api/ecr-registry.ts';
import type { Transition } from '../../../src/controllers/controller.ts';
import { decide } from '../../../src/controllers/ecr-pipeline/decide.ts';
import { pipelineStatus } from '../../../src/controllers/ecr-pipeline/status.ts';
import { transitions } from '../../../src/controllers/ecr-pipeline/transitions.ts';
import type { World } from '../../../src/controllers/ecr-pipeline/world.ts';
import { now } from '../ecr-registry/fixtures.ts';
import { carriedOut, registryIn, world } from './fixtures.ts';

/** Looks at one world after the other, as the reconciler does, and gives what is told at the last. */
function told(...worlds: World[]): Transition[] {
  let events: Transition[] = [];
  let [secrets, status]: [World['secrets'], World['pipeline']['status']] = [new Map(), undefined];
  for (const w of worlds) {
    const seen = { ...w, secrets };
    const outcomes = decide(seen, now).map((d) => carriedOut(d, secrets.get(d.target.secretName)));
    const before = status;
    const previous = before === undefined ? {} : { status: before };
    status = pipelineStatus({ ...seen, pipeline: { ...w.pipeline, ...previous } }, outcomes, now);
    events = transitions(before, status, outcomes);
    const writes = outcomes.flatMap(({ decision, result: { write } }) =>
      write.kind === 'written' ? [[decision.target.secretName, write.observed] as const] : [],
    );
    secrets = new Map([...secrets, ...writes]);
  }
  return events;
}

const lines = (events: Transition[]): string[] =>
  events.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
const withoutAccount = (name: string): EcrRegistry =>
  registryIn(name, 'eu-west-1', { credentials: { source: 'ServiceAccount' } });
const release = (serviceAccount?: string) => ({
  serviceAccount: 'builder',
  triggers: [{ name: 'release', ...(serviceAccount === undefined ? {} : { serviceAccount }) }],
});

describe('what people are told of', () => {
  it('is who won for each Secret and that it was made, at first', () => {
    expect(lines(told(world(release('pusher'))))).toEqual([
      'Normal IdentityChanged: Secret api-ecr: service account builder of level pipeline wins for registry prod; Secret api.release-ecr: service account pusher of level trigger wins for registry prod',
      'Normal SecretCreated: Secrets api-ecr, api.release-ecr created, good until 2026-01-02T00:00:00Z',
    ]);
  });

  it('sums up the registries and the Secrets of which the same is true', () => {
    const registries = [registryIn('dev', 'us-east-1'), registryIn('prod', 'eu-west-1')];
    expect(lines(told(world(release(), registries)))[0]).toBe(
      'Normal IdentityChanged: Secrets api-ecr, api.release-ecr: service account builder of level pipeline wins for registries dev, prod',
    );
    const settings = { ...world().settings, runtimeServiceAccount: 'builder' };
    const mixed = world({}, [registryIn('dev', 'us-east-1'), withoutAccount('prod')], { settings });
    const serviceAccounts = new Map([...mixed.serviceAccounts, ...world(release()).serviceAccounts]);
    expect(lines(told({ ...mixed, serviceAccounts }))[0]).toBe(
      'Normal IdentityChanged: Secret api-ecr: service account puller of level account wins for registry dev and service account builder of level runtime wins for registry prod',
    );
  });

  it('is one event for all Secrets of a pipeline, however many they are', () => {
    const triggers = Array.from({ length: 20 }, (_, i) => ({ name: `t${i}`, serviceAccount: `sa-${i}` }));
    const events = lines(told(world({ triggers })));
    expect(events).toHaveLength(2);
    expect(events[0]).toMatch(/; Secret api\.t6-ecr: .* wins for registry prod and 13 more, see the status$/);
    expect(events[1]).toMatch(/, api\.t6-ecr and 13 more, see the status created, good until/);
  });

  it('is nothing when nothing changed', () => {
    expect(told(world(release()), world(release()))).toEqual([]);
  });

  it('is the new winner of the Secret whose winner changed, and no other', () => {
    expect(lines(told(world(release('pusher')), world(release())))).toEqual([
      'Normal IdentityChanged: Secret api.release-ecr: service account builder of level pipeline wins for registry prod',
      'Normal SecretUpdated: Secret api.release-ecr updated, good until 2026-01-02T00:00:00Z',
    ]);
  });

  it('is a level that changed though the service account is the same', () => {
    expect(lines(told(world(release('builder')), world(release())))).toEqual([
      expect.stringContaining('service account builder of level pipeline wins for registry prod'),
    ]);
  });

  it('is a Secret that stopped being ready, once for each reason', () => {
    const suspended = world(release(), [registryIn('prod', 'eu-west-1', { suspend: true })]);
    expect(lines(told(world(release()), suspended))).toEqual([
      expect.stringMatching(
        /^Warning Suspended: Secrets api-ecr, api\.release-ecr: EcrRegistry ci\/prod is suspended/,
      ),
    ]);
    expect(told(world(release()), suspended, suspended)).toEqual([]);
  });
});

describe('a registry that loses its host', () => {
  const old = registryIn('old', 'eu-west-1', {}, { creationTimestamp: '2026-01-01T00:00:00Z' });
  const young = (primary = false): EcrRegistry =>
    registryIn('new', 'eu-west-1', { primary }, { creationTimestamp: '2026-01-02T00:00:00Z' });
  const losses = (...worlds: World[]): string[] =>
    told(...worlds)
      .filter(({ reason }) => reason === 'HostTaken')
      .map(
        ({ message }) =>
          /^registries (\S+) and .*: (\S+) wins/.exec(message)?.slice(1).join(' to ') ?? message,
      );

  it('is told of once, whatever the number of Secrets', () => {
    expect(losses(world(release(), [old, young()]))).toEqual(['new to old']);
    expect(losses(world(release(), [old, young()]), world(release(), [old, young()]))).toEqual([]);
  });

  it('is told of when it joins later', () => {
    expect(losses(world(release(), [old]), world(release(), [old, young()]))).toEqual(['new to old']);
  });

  it('is told of when it was the winner before', () => {
    expect(losses(world(release(), [old, young()]), world(release(), [old, young(true)]))).toEqual([
      'old to new',
    ]);
  });
});
