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
 * a registry have one together. Pure.
 */
export function legsOfPipeline(world: World): Leg[] {
  const { metadata, spec } = world.pipeline;
  if (world.registries.length === 0) return [stalledLeg(undefined, stalls.noRegistries(metadata.namespace))];
  const awake = withoutSuspension(world);
  const all = groupsOf(awake).map((group) => ({ registry: group.use.registry, leg: legOf(group) }));
  const own = spec.verify?.repositories;
  return own === undefined ? all.map(({ leg }) => leg) : withRepositories(all, own);
}

/** A leg and the registry that it logs in to. */
interface RegistryLeg {
  readonly registry: string;
  readonly leg: Leg;
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
function withRepositories(all: readonly RegistryLeg[], repositories: readonly VerifyRepository[]): Leg[] {
  return all.map(({ registry, leg }) => {
    if (leg.kind === 'stalled') return leg;
    const isFirst = registry === all[0]?.registry;
    const mine = repositories.filter(({ host }) => {
      if (host === undefined) return isFirst;
      // One that no leg logs in to is tried by the first, which says so.
      return logsInTo(leg, host) || (isFirst && !all.some((other) => logsInTo(other.leg, host)));
    });
    return { ...leg, repositories: mine };
  });
}

function logsInTo(leg: Leg, host: string): boolean {
  if (leg.kind === 'stalled') return false;
  const account = parseRegistryHost(host)?.accountId;
  return leg.logins.some(({ hostsFor }) => hostsFor(account).includes(host));
}
