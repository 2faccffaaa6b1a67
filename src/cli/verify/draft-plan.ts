import type { AnyRegistry, Settings } from '../../controllers/registry-facts.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Leg } from '../../verification/plan.ts';

/** What is to be verified, and what cannot be from here. */
export interface DraftPlan {
  readonly legs: readonly Leg[];
  readonly notChecked: readonly string[];
}

export type Reader = Pick<KubeClient, 'get' | 'list'>;

/** Nothing of the flags of the operator is known to the caller. */
export const draftSettings: Settings = {
  runtimeServiceAccount: '',
  allowOperatorIdentity: false,
  clusterIdentityNamespace: '',
};

/** Where no other level names a service account. */
export const runtimeLevel =
  'the runtime level, which the flag --runtime-service-account of the operator may name';

/** What nobody but the operator can log in as; undefined where others can. */
export function onlyOperator({ spec }: Pick<AnyRegistry, 'spec'>): string | undefined {
  return spec.credentials.source === 'Operator' ? "the operator's own AWS identity" : undefined;
}
