import { conditionTypes } from '../api/conditions.ts';
import type { EcrRegistryStatus } from '../api/ecr-registry.ts';
import type { Transition } from './controller.ts';

type Status = Pick<EcrRegistryStatus, 'identity' | 'conditions'>;

/** Another service account, or the same by another level, is used from now on. */
export function identityTransition(before: Status | undefined, after: Status): Transition[] {
  const was = before?.identity;
  const is = after.identity;
  if (is?.serviceAccount === undefined) return [];
  if (was?.serviceAccount === is.serviceAccount && was.level === is.level) return [];
  const role = is.roleArn === undefined ? '' : ` with ${is.roleArn}`;
  const message = `service account ${is.serviceAccount} of level ${is.level ?? ''} is used${role}`;
  return [{ type: 'Normal', reason: 'IdentityChanged', message, action: 'ResolveIdentity' }];
}

/** What is wrong now and was not before. */
export function readyTransition(before: Status | undefined, after: Status): Transition[] {
  const ready = (status: Status | undefined) =>
    status?.conditions?.find((condition) => condition.type === conditionTypes.ready);
  const is = ready(after);
  if (is?.status !== 'False' || ready(before)?.reason === is.reason) return [];
  return [{ type: 'Warning', reason: is.reason, message: is.message, action: 'Reconcile' }];
}
