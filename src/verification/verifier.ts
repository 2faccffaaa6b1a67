import type { Stage } from '../api/verification.ts';
import type { SessionDeps } from '../aws/session.ts';
import type { Auth } from '../docker-config/docker-config.ts';
import type { OciClient } from '../oci/client.ts';
import { StallError, TooLongError } from './explain.ts';
import { openIdentity } from './identity-stages.ts';
import { verifyLogins } from './login-stages.ts';
import type { Leg } from './plan.ts';
import { RecentCalls } from './recent-calls.ts';
import { type EndedStages, StageFailed, StageLog } from './stage-log.ts';

export interface VerifierDeps extends SessionDeps {
  /** Spreads what is tried again: 0 to 1. */
  readonly random?: (() => number) | undefined;
  /** Opens no connection yet. */
  connect(host: string, login: Auth): OciClient;
}

/** How a verification ended. `failed` is the last of the stages where it did not go through. */
export interface VerificationResult extends EndedStages {
  readonly failed: { readonly stage: Stage; readonly reason: string } | undefined;
}

/** What runs verifications: those that run together share their calls to AWS. */
export interface Verifier {
  /**
   * Tries every stage of every leg, in order, until one fails. Asks AWS and the registries anew, writes nothing anywhere
   * and leaves no upload behind. `onStage` is told of each stage as it ends. Rejects only with the reason of `signal`.
   */
  verify(
    legs: readonly Leg[],
    onStage: (stage: Stage, ended: EndedStages) => void,
    signal: AbortSignal,
  ): Promise<VerificationResult>;
}

/** A call to AWS may wait half a minute for its turn and be tried three times; the whole may not hold up a worker. */
const longestMs = 120_000;

export function createVerifier(deps: VerifierDeps): Verifier {
  const calls = new RecentCalls({ clock: deps.clock, random: deps.random ?? Math.random });
  return {
    async verify(legs, onStage, signal) {
      const limit = new AbortController();
      const expire = (): void =>
        limit.abort(new TooLongError(`the verification took longer than ${longestMs / 1000} s`));
      const cancel = deps.clock.after(longestMs, expire);
      const leave = calls.enter();
      const log = new StageLog({ clock: deps.clock, onStage, stop: signal, limit: limit.signal });
      try {
        for (const leg of legs) await verifyLeg(leg, { deps, calls, log });
        return { ...log.ended, failed: undefined };
      } catch (error) {
        if (error instanceof StageFailed) return { ...log.ended, failed: error };
        throw error;
      } finally {
        cancel();
        leave();
      }
    },
  };
}

/** What the stages of one verification work with. */
export interface Run {
  readonly deps: VerifierDeps;
  readonly calls: RecentCalls;
  readonly log: StageLog;
}

async function verifyLeg(leg: Leg, run: Run): Promise<void> {
  if (leg.kind !== 'ready') {
    const why = leg.kind === 'stalled' ? new StallError(leg.stall) : leg.error;
    await run.log.run(leg.stage, leg.subject, () => Promise.reject(why));
    return;
  }
  await verifyLogins(leg, await openIdentity(leg, run), run);
}
