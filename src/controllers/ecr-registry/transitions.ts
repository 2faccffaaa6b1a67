import type { EcrRegistryStatus } from '../../api/ecr-registry.ts';
import type { Transition } from '../controller.ts';
import { identityTransition, readyTransition } from '../registry-transitions.ts';
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

function secretTransition(after: EcrRegistryStatus, result: SyncResult | undefined): Transition[] {
  if (result?.write.kind !== 'written') return [];
  const { created } = result.write;
  const message = `Secret ${after.secretName ?? ''} ${created ? 'created' : 'updated'}, good until ${after.expiresAt ?? 'unknown'}`;
  return [
    { type: 'Normal', reason: created ? 'SecretCreated' : 'SecretUpdated', message, action: 'WriteSecret' },
  ];
}
