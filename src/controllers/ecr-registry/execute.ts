import { ApiError } from '../../kube/errors.ts';
import { type IssuedAuthorization, type TokenSource, TokenUnavailable } from '../../aws/token-source.ts';
import { type SecretClient, type WriteResult, writeSecret } from '../../secrets/secret-writer.ts';
import type { Decision } from './decide.ts';
import type { World } from './world.ts';

/** What came of a decision, as plain data: tokens, failures, and what became of the Secret. */
export interface Result {
  issued: ReadonlyMap<string, IssuedAuthorization>;
  /** By the id of the token. */
  failures: ReadonlyMap<string, TokenUnavailable>;
  write: WriteResult | { kind: 'none' } | { kind: 'failed'; error: ApiError };
}

export interface ExecuteDeps {
  client: SecretClient;
  tokens: Pick<TokenSource, 'get'>;
}

/**
 * Fetches the tokens that are wanted and writes the Secret. What AWS refuses is part of the result; a lost connection or
 * a Secret that changed under our hands is thrown, and tried again.
 */
export async function execute(
  deps: ExecuteDeps,
  world: World,
  decision: Extract<Decision, { kind: 'proceed' }>,
  signal: AbortSignal,
): Promise<Result> {
  const { plan, wanted } = decision;
  if (plan.kind !== 'sync') return { issued: new Map(), failures: new Map(), write: { kind: 'none' } };
  const { issued, failures } = await fetchTokens(deps.tokens, decision);
  const input = { desired: wanted.secret, observed: world.secret, plan, issued, signal };
  try {
    return { issued, failures, write: await writeSecret(deps.client, input) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { issued, failures, write: { kind: 'failed', error } };
  }
}

async function fetchTokens(
  tokens: Pick<TokenSource, 'get'>,
  { plan, wanted, notBeforeMs }: Extract<Decision, { kind: 'proceed' }>,
): Promise<Pick<Result, 'issued' | 'failures'>> {
  const issued = new Map<string, IssuedAuthorization>();
  const failures = new Map<string, TokenUnavailable>();
  const steps = plan.kind === 'sync' ? plan.steps.filter((step) => step.kind === 'fetch') : [];
  await Promise.all(
    steps.map(async ({ token }) => {
      const request = wanted.requests.get(token.id);
      if (request === undefined) return;
      try {
        issued.set(token.id, await tokens.get(request, notBeforeMs));
      } catch (error) {
        if (!(error instanceof TokenUnavailable)) throw error;
        failures.set(token.id, error);
      }
    }),
  );
  return { issued, failures };
}

/** The API server said no for a reason that a user can see and mend: rights, quota, admission, an immutable Secret. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [400, 403, 413, 422].includes(error.status);
}
