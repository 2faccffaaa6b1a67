import type { PipelineTarget } from '../../api/ecr-pipeline.ts';
import type { EcrRegistrySpec } from '../../api/ecr-registry.ts';
import { type Level, type LevelNames, levels, resolveWinner } from '../../identity/levels.ts';

/** One level: whom it names, where that is written, and whether it wins. */
export interface LevelLine {
  readonly level: Level;
  readonly serviceAccount?: string;
  readonly from: string;
  readonly wins: boolean;
}

/** Who the operator says won: the only trace of its flags. */
export interface SeenWinner {
  readonly level?: string | undefined;
  readonly serviceAccount?: string | undefined;
}

const runtimeField = 'spec.credentials.serviceAccounts.runtime';
const runtimeFlag = "the operator's flag --runtime-service-account";

/**
 * All levels of a registry, highest first; with `target`, of a Secret of a pipeline that logs in to it, where `registry` is
 * kind and name. The flag of the
 * operator cannot be read from here: it is known only where the runtime level won.
 */
export function levelLines(
  { credentials }: Pick<EcrRegistrySpec, 'credentials'>,
  seen: SeenWinner | undefined,
  target?: { readonly registry: string; readonly of: PipelineTarget },
): LevelLine[] {
  const { runtime, account } = credentials.serviceAccounts ?? {};
  const fromFlag = runtime || seen?.level !== 'runtime' ? undefined : seen.serviceAccount;
  const names: LevelNames = {
    runtime: runtime || fromFlag,
    account,
    pipeline: target?.of.pipelineAccount,
    trigger: target?.of.triggerAccount,
  };
  const winner = resolveWinner(names);
  const ofRegistry = target === undefined ? '' : `${target.registry}, `;
  const from: Record<Level, string> = {
    runtime: fromFlag === undefined ? `${ofRegistry}${runtimeField}, or ${runtimeFlag}` : runtimeFlag,
    account: `${ofRegistry}spec.credentials.serviceAccounts.account`,
    pipeline: 'spec.serviceAccount',
    trigger: `spec.triggers[${target?.of.trigger ?? ''}].serviceAccount`,
  };
  return shownLevels(target?.of).map((level) => ({
    level,
    ...(names[level] ? { serviceAccount: names[level] } : {}),
    from: runtime && level === 'runtime' ? `${ofRegistry}${runtimeField}` : from[level],
    wins: winner?.level === level,
  }));
}

/** A registry knows no pipelines, and the Secret of a pipeline itself no triggers. */
function shownLevels(target: PipelineTarget | undefined): Level[] {
  const hidden: Level[] = target === undefined ? ['pipeline', 'trigger'] : [];
  if (target !== undefined && target.trigger === undefined) hidden.push('trigger');
  return levels.toReversed().filter((level) => !hidden.includes(level));
}
