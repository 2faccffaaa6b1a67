import type { Freshness, TokenRequest, TokenSource } from '../aws/token-source.ts';
import { ApiError, isNotFound } from '../kube/errors.ts';
import type { DesiredSecret } from '../secrets/desired-secret.ts';
import type { ObservedSecret } from '../secrets/observed-secret.ts';
import type { SecretPlan } from '../secrets/plan.ts';
import { type SecretClient, type WriteResult, writeSecret } from '../secrets/secret-writer.ts';
import type { SecretStore } from './view/secret-store.ts';
import { type FetchedTokens, fetchTokens, nothingFetched } from './fetch-tokens.ts';

/** What came of the plan for one Secret, as plain data: tokens, failures, and what became of the Secret. */
export interface SyncResult extends FetchedTokens {
  write: WriteResult | { kind: 'none' } | { kind: 'failed'; error: ApiError };
}

export interface SyncDeps {
  client: SecretClient;
  tokens: Pick<TokenSource, 'get'>;
  view: { secrets: Pick<SecretStore, 'forget'> };
}

export interface SyncInput {
  desired: DesiredSecret;
  observed: ObservedSecret | undefined;
  plan: SecretPlan;
  /** By the id of the token. */
  requests: ReadonlyMap<string, TokenRequest>;
  /** Which failures do not count any more. */
  freshness: Required<Pick<Freshness, 'failuresFromMs'>>;
}

/**
 * Fetches the tokens that are wanted and writes the Secret. What AWS or the API server refuses is part of the result; a
 * lost connection or a Secret that changed under our hands is thrown, and tried again.
 */
export async function syncSecret(deps: SyncDeps, input: SyncInput, signal: AbortSignal): Promise<SyncResult> {
  const { desired, observed, plan } = input;
  if (plan.kind !== 'sync') return { ...nothingFetched, write: { kind: 'none' } };
  const fetched = await fetchTokens(deps.tokens, plan, input.requests, input.freshness, signal);
  try {
    const write = await writeSecret(deps.client, { desired, observed, plan, issued: fetched.issued, signal });
    return { ...fetched, write };
  } catch (error) {
    if (isNotFound(error)) deps.view.secrets.forget(`${desired.namespace}/${desired.name}`);
    if (!isRefusal(error)) throw error;
    return { ...fetched, write: { kind: 'failed', error } };
  }
}

/** The API server said no for a reason that a user can see and mend: rights, quota, admission, an immutable Secret. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [400, 403, 413, 422].includes(error.status);
}
