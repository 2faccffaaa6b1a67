import { conditionTypes } from '../../api/conditions.ts';
import type { EcrRegistryStatus } from '../../api/ecr-registry.ts';
import type { Transition } from '../controller.ts';
import type { SyncResult } from '../sync-secret.ts';

/** What people should be told of: the identity changed, the Secret was written, Ready turned. Pure. */
export function transitions(
  before: EcrRegistryStatus | undefined,
  after: EcrRegistryStatus,
  result: SyncResult | undefined,
): Transition[] {
  return [
    ...identityTransition(before, after),
    ...secretTransition(after, result),
    ...readyTransition(before, after),
  ];
}

function identityTransition(before: EcrRegistryStatus | undefined, after: EcrRegistryStatus): Transition[] {
  const was = before?.identity;
  const is = after.identity;
  if (is?.serviceAccount === undefined) return [];
  if (was?.serviceAccount === is.serviceAccount && was.level === is.level) return [];
  const role = is.roleArn === undefined ? '' : ` with ${is.roleArn}`;
  const message = `service account ${is.serviceAccount} of level ${is.level ?? ''} is used${role}`;
  return [{ type: 'Normal', reason: 'IdentityChanged', message, action: 'ResolveIdentity' }];
}

function secretTransition(after: EcrRegistryStatus, result: SyncResult | undefined): Transition[] {
  if (result?.write.kind !== 'written') return [];
  const { created } = result.write;
  const message = `Secret ${after.secretName ?? ''} ${created ? 'created' : 'updated'}, good until ${after.expiresAt ?? 'unknown'}`;
  return [
    { type: 'Normal', reason: created ? 'SecretCreated' : 'SecretUpdated', message, action: 'WriteSecret' },
  ];
}

function readyTransition(before: EcrRegistryStatus | undefined, after: EcrRegistryStatus): Transition[] {
  const ready = (status: EcrRegistryStatus | undefined) =>
    status?.conditions?.find((condition) => condition.type === conditionTypes.ready);
  const is = ready(after);
  if (is?.status !== 'False' || ready(before)?.reason === is.reason) return [];
  return [{ type: 'Warning', reason: is.reason, message: is.message, action: 'Reconcile' }];
}
