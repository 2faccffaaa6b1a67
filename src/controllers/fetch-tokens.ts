import {
  type Freshness,
  type IssuedAuthorization,
  type TokenRequest,
  type TokenSource,
  TokenUnavailable,
} from '../aws/token-source.ts';
import { allEnded } from '../base/all-ended.ts';
import { untilAborted } from '../base/until-aborted.ts';
import type { SecretPlan } from '../secrets/plan.ts';

/** What AWS said to the tokens of one Secret, by their ids. */
export interface FetchedTokens {
  issued: ReadonlyMap<string, IssuedAuthorization>;
  failures: ReadonlyMap<string, TokenUnavailable>;
}

export const nothingFetched: FetchedTokens = { issued: new Map(), failures: new Map() };

/**
 * Asks for the tokens that a plan wants, all at once, each no older than the plan says. What AWS refuses is part of the
 * result; what nobody foresaw is thrown when all have ended. `signal` ends the waiting, not the calls, which others may
 * wait for as well.
 */
export async function fetchTokens(
  tokens: Pick<TokenSource, 'get'>,
  plan: SecretPlan,
  requests: ReadonlyMap<string, TokenRequest>,
  { failuresFromMs }: Required<Pick<Freshness, 'failuresFromMs'>>,
  signal: AbortSignal,
): Promise<FetchedTokens> {
  const issued = new Map<string, IssuedAuthorization>();
  const failures = new Map<string, TokenUnavailable>();
  const steps = plan.kind === 'sync' ? plan.steps.filter((step) => step.kind === 'fetch') : [];
  await allEnded(
    steps.map(async ({ token: { id }, notBeforeMs }) => {
      const request = requests.get(id);
      if (request === undefined) return;
      try {
        const token = tokens.get(request, { notBeforeMs, failuresFromMs });
        issued.set(id, await untilAborted(token, signal));
      } catch (error) {
        if (!(error instanceof TokenUnavailable)) throw error;
        failures.set(id, error);
      }
    }),
  );
  return { issued, failures };
}
