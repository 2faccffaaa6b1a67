import { type Condition, conditionTypes } from '../../api/conditions.ts';
import type { Verification } from '../../api/verification.ts';

/** What the statuses of all kinds have in common. */
export interface SharedStatus {
  conditions?: Condition[] | undefined;
  verification?: Verification | undefined;
}

/**
 * What a verification writes into a status, as a field manager of its own: a reconcile never names it, and so neither
 * wipes it nor writes an old one back. `conditions` holds `Verified` at most.
 */
export type VerifiedPart = Pick<SharedStatus, 'verification' | 'conditions'>;

const isVerified = ({ type }: Condition): boolean => type === conditionTypes.verified;

/** The part of a status that reconciles write. */
export function reconciledPart<S extends SharedStatus>(status: S): S {
  const { verification: _verified, ...rest } = status;
  const { conditions } = status;
  if (conditions?.some(isVerified) !== true) return rest as S;
  return { ...rest, conditions: conditions.filter((one) => !isVerified(one)) } as S;
}

/** The part of a status that verifications write. */
export function verifiedPart({ verification, conditions = [] }: SharedStatus): VerifiedPart {
  return {
    ...(verification === undefined ? {} : { verification }),
    conditions: conditions.filter(isVerified),
  };
}

/** The whole status. */
export function joinedStatus<S extends SharedStatus>(
  reconciled: S,
  { verification, conditions = [] }: VerifiedPart,
): S {
  return {
    ...reconciled,
    ...(verification === undefined ? {} : { verification }),
    ...(conditions.length === 0 ? {} : { conditions: [...(reconciled.conditions ?? []), ...conditions] }),
  };
}
