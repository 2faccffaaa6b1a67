import { conditionTypes } from '../../api/conditions.ts';
import type { EcrPipelineStatus, PipelineSecretStatus } from '../../api/ecr-pipeline.ts';
import type { Transition } from '../controller.ts';
import { describeLosers, losersOf, type TargetOutcome } from './status.ts';

/**
 * What people should be told of: winners that changed, Secrets that were written, Secrets that stopped being ready,
 * registries that lose a host to another. Pure.
 */
export function transitions(
  before: EcrPipelineStatus | undefined,
  after: EcrPipelineStatus,
  outcomes: readonly TargetOutcome[],
): Transition[] {
  const was = new Map((before?.secrets ?? []).map((secret) => [secret.secretName, secret]));
  const secrets = after.secrets ?? [];
  return [
    ...secrets.flatMap((secret) => winnerTransitions(was.get(secret.secretName), secret)),
    ...writeTransitions(secrets, outcomes),
    ...secrets.flatMap((secret) => failureTransitions(was.get(secret.secretName), secret)),
    ...loserTransitions(before, outcomes),
  ];
}

function winnerTransitions(
  before: PipelineSecretStatus | undefined,
  after: PipelineSecretStatus,
): Transition[] {
  return (after.winners ?? []).flatMap(({ registry, level, serviceAccount }) => {
    if (serviceAccount === undefined) return [];
    const old = before?.winners?.find((winner) => winner.registry === registry);
    if (old?.serviceAccount === serviceAccount && old.level === level) return [];
    const message = `Secret ${after.secretName}: service account ${serviceAccount} of level ${level ?? ''} wins for registry ${registry}`;
    return [{ type: 'Normal', reason: 'IdentityChanged', message, action: 'ResolveIdentity' }];
  });
}

function writeTransitions(
  secrets: readonly PipelineSecretStatus[],
  outcomes: readonly TargetOutcome[],
): Transition[] {
  return outcomes.flatMap(({ decision, result: { write } }) => {
    if (write.kind !== 'written') return [];
    const { secretName } = decision.target;
    const expiresAt = secrets.find((secret) => secret.secretName === secretName)?.expiresAt ?? 'unknown';
    const message = `Secret ${secretName} ${write.created ? 'created' : 'updated'}, good until ${expiresAt}`;
    const reason = write.created ? 'SecretCreated' : 'SecretUpdated';
    return [{ type: 'Normal', reason, message, action: 'WriteSecret' }];
  });
}

function failureTransitions(
  before: PipelineSecretStatus | undefined,
  after: PipelineSecretStatus,
): Transition[] {
  const { ready, reason, message } = after;
  if (ready || reason === undefined || before?.reason === reason) return [];
  return [
    { type: 'Warning', reason, message: `Secret ${after.secretName}: ${message ?? ''}`, action: 'Reconcile' },
  ];
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
