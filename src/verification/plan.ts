import type { Stall } from '../api/reasons.ts';
import type { StageName, VerifyRepository } from '../api/verification.ts';
import type { TokenRequest } from '../aws/token-source.ts';
import type { Identity } from '../identity/identity.ts';
import type { Level } from '../identity/levels.ts';

/** An authorization token to ask for, and where it logs in to. */
export interface LoginToVerify {
  readonly request: TokenRequest;
  /** Undefined where AWS did not tell the account of the caller. */
  hostsFor(callerAccountId: string | undefined): readonly string[];
}

/** One identity and what it is to log in to, as far as the cluster can tell. */
export type Leg = {
  /** Which trigger and registry, where a verification has several legs. */
  readonly subject: string | undefined;
} & (
  | {
      /** Somebody must change something before anything can be tried; `stage` is where that shows. */
      readonly kind: 'stalled';
      readonly stage: StageName;
      readonly stall: Stall;
    }
  | {
      /** It could not be found out: `error` is why. */
      readonly kind: 'unknown';
      readonly stage: StageName;
      readonly error: Error;
    }
  | {
      readonly kind: 'ready';
      readonly identity: Identity;
      /** Level of the service account, where the identity begins with one. */
      readonly level: Level | undefined;
      readonly logins: readonly LoginToVerify[];
      readonly repositories: readonly VerifyRepository[];
    }
);

export type ReadyLeg = Extract<Leg, { kind: 'ready' }>;
