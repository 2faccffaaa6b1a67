import { type PipelineTarget, targetsOf } from '../../api/ecr-pipeline.ts';
import { stalls } from '../../api/reasons.ts';
import type { VerifyRepository } from '../../api/verification.ts';
import { parseRegistryHost } from '../../aws/hosts.ts';
import { identityKey } from '../../identity/identity.ts';
import type { Leg } from '../../verification/plan.ts';
import { type Use, usesOf } from '../ecr-pipeline/winners.ts';
import type { World } from '../ecr-pipeline/world.ts';
import { readyLeg, repositoriesOf, stalledLeg } from './registry-legs.ts';

/**
 * The stages of a pipeline: a leg for each registry of each of its Secrets. Secrets for which the same identity logs in to
 * a registry have one together. Without those that are `skipped`, and without the repositories that may be theirs. Pure.
 */
export function legsOfPipeline(world: World, skipped: (use: Use) => boolean = () => false): Leg[] {
  const { metadata, spec } = world.pipeline;
  if (world.registries.length === 0) return [stalledLeg(undefined, stalls.noRegistries(metadata.namespace))];
  const awake = withoutSuspension(world);
  const all = groupsOf(awake).map((group) => ({
    registry: group.use.registry,
    leg: skipped(group.use) ? undefined : legOf(group),
  }));
  const own = spec.verify?.repositories;
  const tried = own === undefined ? all : withRepositories(all, own);
  return tried.flatMap(({ leg }) => leg ?? []);
}

/** A leg and the registry that it logs in to; undefined for a leg that is skipped. */
interface RegistryLeg {
  readonly registry: string;
  readonly leg: Leg | undefined;
}

/** What is used in the same way for several Secrets. */
interface Group {
  readonly use: Use;
  readonly targets: PipelineTarget[];
}

function groupsOf(world: World): Group[] {
  const groups = new Map<string, Group>();
  for (const target of targetsOf(world.pipeline)) {
    for (const use of usesOf(world, target)) {
      const { outcome } = use;
      const who = outcome.kind === 'stalled' ? outcome.stall.message : identityKey(outcome.identity);
      const key = `${use.registry} ${use.winner?.level ?? ''} ${who}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { use, targets: [target] });
      else group.targets.push(target);
    }
  }
  return [...groups.values()];
}

function legOf({ use: { registry, winner, outcome }, targets }: Group): Leg {
  const subject = `${describeTargets(targets)}, registry ${registry}`;
  if (outcome.kind === 'stalled') return stalledLeg(subject, outcome.stall);
  const repositories = repositoriesOf(outcome.registry.spec);
  return readyLeg(subject, outcome.registry, outcome.identity, { level: winner?.level, repositories });
}

/** `pipeline and trigger nightly`; of many triggers, how many. */
function describeTargets(targets: readonly PipelineTarget[]): string {
  const triggers = targets.flatMap(({ trigger }) => trigger ?? []);
  const own = triggers.length < targets.length ? ['pipeline'] : [];
  const others =
    triggers.length > 2 ? [`${triggers.length} triggers`] : triggers.map((name) => `trigger ${name}`);
  return [...own, ...others].join(' and ');
}

/** Whoever pauses a registry may still want to know whether it works. */
function withoutSuspension(world: World): World {
  const registries = world.registries.map((selected) => ({
    ...selected,
    registry: selected.registry && {
      ...selected.registry,
      spec: { ...selected.registry.spec, suspend: false },
    },
  }));
  return { ...world, registries };
}

/** The repositories of the pipeline are tried where their host is logged in to, in the place of those of its registries. */
function withRepositories(
  all: readonly RegistryLeg[],
  repositories: readonly VerifyRepository[],
): RegistryLeg[] {
  const placed = repositories.map((repository) => ({ repository, legs: legsFor(repository.host, all) }));
  return all.map((one) => {
    if (one.leg?.kind !== 'ready') return one;
    const mine = placed.filter(({ legs }) => legs.includes(one)).map(({ repository }) => repository);
    return { ...one, leg: { ...one.leg, repositories: mine } };
  });
}

/** Those that are known to log in to a host; where none is, those that may, as AWS tells their account only later. */
function legsFor(host: string | undefined, all: readonly RegistryLeg[]): readonly RegistryLeg[] {
  const first = all.filter(({ registry }) => registry === all[0]?.registry);
  if (host === undefined) return first;
  const known = all.filter(({ leg }) => logsInTo(leg, host, undefined));
  if (known.length > 0) return known;
  const account = parseRegistryHost(host)?.accountId;
  const possible = all.filter(({ leg }) => logsInTo(leg, host, account));
  if (possible.length > 0) return possible;
  // One that no leg logs in to is tried by the first, which says so; it may be that of one that is skipped.
  return all.some(({ leg }) => leg === undefined) ? [] : first;
}

function logsInTo(leg: Leg | undefined, host: string, callerAccount: string | undefined): boolean {
  return leg?.kind === 'ready' && leg.logins.some(({ hostsFor }) => hostsFor(callerAccount).includes(host));
}
