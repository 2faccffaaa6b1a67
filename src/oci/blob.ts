import { discard } from './answer.ts';
import type { Limit } from './deadline.ts';
import { accepted, send, type TransportOptions } from './transport.ts';

/**
 * Whether there is a layer, as clients ask before they push one. The answer to a HEAD has no body: that a repository does
 * not exist looks like a layer that does not, and a refusal has no words.
 */
export async function headBlob(o: TransportOptions, url: URL, limit: Limit): Promise<boolean> {
  const response = await send(o, { method: 'HEAD', url }, limit);
  const isMissing = response.statusCode === 404;
  if (!isMissing) await accepted(o, response);
  discard(response);
  return !isMissing;
}
