import { conditionTypes } from '../../api/conditions.ts';
import type { EcrPipelineStatus, PipelineSecretStatus } from '../../api/ecr-pipeline.ts';
import type { Transition } from '../controller.ts';
import { describeLosers, losersOf, type TargetOutcome } from './status.ts';
import { bySecrets, listed, secretsNamed } from './summed-up.ts';

/**
 * What people should be told of: winners that changed, Secrets that were written, Secrets that stopped being ready,
 * registries that lose a host to another. Secrets of which the same is to be told share an event: many pipelines change at
 * once when a registry does, and each event is a write. Pure.
 */
export function transitions(
  before: EcrPipelineStatus | undefined,
  after: EcrPipelineStatus,
  outcomes: readonly TargetOutcome[],
): Transition[] {
  const was = new Map((before?.secrets ?? []).map((secret) => [secret.secretName, secret]));
  const secrets = after.secrets ?? [];
  return [
    ...winnerTransitions(was, secrets),
    ...writeTransitions(secrets, outcomes),
    ...failureTransitions(was, secrets),
    ...loserTransitions(before, outcomes),
  ];
}

type Before = ReadonlyMap<string, PipelineSecretStatus>;

/** One event for the whole pipeline. */
function winnerTransitions(was: Before, secrets: readonly PipelineSecretStatus[]): Transition[] {
  const news = secrets.flatMap((secret) => {
    const text = newWinners(was.get(secret.secretName), secret);
    return text === '' ? [] : [{ secretName: secret.secretName, text }];
  });
  if (news.length === 0) return [];
  const message = listed(bySecrets(news), '; ');
  return [{ type: 'Normal', reason: 'IdentityChanged', message, action: 'ResolveIdentity' }];
}

/** `service account pusher of level trigger wins for registries dev, prod`, and so for each; '' where nothing changed. */
function newWinners(before: PipelineSecretStatus | undefined, after: PipelineSecretStatus): string {
  const registries = new Map<string, string[]>();
  for (const { registry, level, serviceAccount } of after.winners ?? []) {
    const old = before?.winners?.find((winner) => winner.registry === registry);
    if (serviceAccount === undefined) continue;
    if (old?.serviceAccount === serviceAccount && old.level === level) continue;
    const winner = `service account ${serviceAccount} of level ${level ?? ''}`;
    registries.set(winner, [...(registries.get(winner) ?? []), registry]);
  }
  const texts = [...registries].map(
    ([winner, of]) => `${winner} wins for ${of.length === 1 ? 'registry' : 'registries'} ${listed(of, ', ')}`,
  );
  return texts.join(' and ');
}

function writeTransitions(
  secrets: readonly PipelineSecretStatus[],
  outcomes: readonly TargetOutcome[],
): Transition[] {
  return [true, false].flatMap((created) => {
    const names = outcomes.flatMap(({ decision, result: { write } }) =>
      write.kind === 'written' && write.created === created ? [decision.target.secretName] : [],
    );
    if (names.length === 0) return [];
    const expiries = secrets.flatMap(({ secretName, expiresAt }) =>
      names.includes(secretName) ? (expiresAt ?? []) : [],
    );
    const [first = 'unknown'] = expiries.toSorted();
    const message = `${secretsNamed(names)} ${created ? 'created' : 'updated'}, good until ${first}`;
    const reason = created ? 'SecretCreated' : 'SecretUpdated';
    return [{ type: 'Normal' as const, reason, message, action: 'WriteSecret' }];
  });
}

/** One event for each reason and message. */
function failureTransitions(was: Before, secrets: readonly PipelineSecretStatus[]): Transition[] {
  const reasons = new Map<string, { secretName: string; text: string }[]>();
  for (const { secretName, ready, reason, message = '' } of secrets) {
    if (ready || reason === undefined || was.get(secretName)?.reason === reason) continue;
    reasons.set(reason, [...(reasons.get(reason) ?? []), { secretName, text: message }]);
  }
  return [...reasons].flatMap(([reason, failures]) =>
    bySecrets(failures).map((message): Transition => ({
      type: 'Warning',
      reason,
      message,
      action: 'Reconcile',
    })),
  );
}

/** Told when somebody begins to lose a host, or loses it to another one than before. */
function loserTransitions(
  before: EcrPipelineStatus | undefined,
  outcomes: readonly TargetOutcome[],
): Transition[] {
  const ready = before?.conditions?.find(({ type }) => type === conditionTypes.ready);
  if (ready?.message.includes(describeLosers(outcomes))) return [];
  return losersOf(outcomes).map(({ reason, message }) => ({
    type: 'Warning',
    reason,
    message,
    action: 'Reconcile',
  }));
}
