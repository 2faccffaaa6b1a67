import { uploadUrl } from './addresses.ts';
import { discard } from './answer.ts';
import type { Limit } from './deadline.ts';
import { OciProblem } from './error-model.ts';
import { accepted, isOk, send, sendOk, type TransportOptions } from './transport.ts';

/**
 * `cancelled`: nothing is left. `gone`: the registry did not know the upload any more. `unsupported`: the registry ends
 * uploads only by itself, after a time; nobody can see or pull what is in them.
 */
export type Cancelled = 'cancelled' | 'gone' | 'unsupported';

/** Starts an upload with a POST to `url`, and resolves with where it goes on, or undefined where the registry hides that. */
export async function startUpload(o: TransportOptions, url: URL, limit: Limit): Promise<URL | undefined> {
  const response = await sendOk(o, { method: 'POST', url }, limit);
  discard(response);
  const { location, 'docker-upload-uuid': uuid } = response.headers;
  return uploadUrl(url, { location, uuid: typeof uuid === 'string' ? uuid : undefined });
}

/** Ends an upload without content. Rejects with the problem of a refusal that does not mean that there is no such call. */
export async function cancelUpload(
  o: TransportOptions,
  url: URL | undefined,
  limit: Limit,
): Promise<Cancelled> {
  if (url === undefined) return 'unsupported';
  const response = await send(o, { method: 'DELETE', url }, limit);
  if (isOk(response)) {
    discard(response);
    return 'cancelled';
  }
  const problem = await accepted(o, response).catch((error: unknown) => error);
  if (!(problem instanceof OciProblem)) throw problem;
  const { code, status } = problem.facts;
  if (code === 'BLOB_UPLOAD_UNKNOWN') return 'gone';
  // Canceling is no part of the OCI specification: a registry without it knows neither the path nor the method.
  if (code === 'UNSUPPORTED' || [404, 405, 501].includes(status)) return 'unsupported';
  throw problem;
}
