import type { HttpReply } from '../http.ts';
import { RegistryError } from './errors.ts';
import { emptyReply, type Exchange } from './exchange.ts';

/** HEAD and GET of a layer. */
export function answerLayer(exchange: Exchange, digest: string): HttpReply {
  const { method, repository, store, links } = exchange;
  if (method !== 'HEAD' && method !== 'GET')
    throw new RegistryError(405, 'UNSUPPORTED', `no ${method} of layers`);
  exchange.require(method === 'HEAD' ? 'BatchCheckLayerAvailability' : 'GetDownloadUrlForLayer');
  const content = repository.layers.has(digest) ? store.layer(digest) : undefined;
  if (content === undefined) {
    throw new RegistryError(404, 'BLOB_UNKNOWN', `The layer with digest '${digest}' does not exist`);
  }
  const headers = { 'Docker-Content-Digest': digest, 'Content-Type': 'application/octet-stream' };
  if (method === 'HEAD') return emptyReply(200, { ...headers, 'Content-Length': String(content.length) });
  return emptyReply(307, { ...headers, Location: links.sign(repository.region, digest) });
}
