import type { IncomingMessage } from 'node:http';
import { discard } from './answer.ts';
import type { Limit } from './deadline.ts';
import { accepted, send, sendOk, type TransportOptions } from './transport.ts';

/** What a registry says of a manifest without sending it. Members are undefined where it does not tell. */
export interface ManifestHead {
  readonly mediaType: string | undefined;
  readonly digest: string | undefined;
  /** Bytes. */
  readonly size: number | undefined;
}

/**
 * Everything that a manifest can be. ECR translates the manifest under a tag, and so changes its digest, when its type is
 * not among those that are accepted.
 */
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Asks for the head of a manifest. */
export async function headManifest(o: TransportOptions, url: URL, limit: Limit): Promise<ManifestHead> {
  const response = await lookUp(o, url, limit);
  discard(response);
  const { headers } = response;
  const { 'docker-content-digest': digest, 'content-length': length } = headers;
  return {
    mediaType: headers['content-type'],
    digest: typeof digest === 'string' ? digest : undefined,
    size: length === undefined ? undefined : Number(length),
  };
}

/** The answer to a HEAD has no body, and so no reason for a refusal: then a GET asks for it. */
async function lookUp(o: TransportOptions, url: URL, limit: Limit): Promise<IncomingMessage> {
  const head = await send(o, { method: 'HEAD', url, accept }, limit);
  const { statusCode: status = 0 } = head;
  if (status < 400 || status === 429 || status >= 500) return accepted(o, head);
  discard(head);
  return sendOk(o, { method: 'GET', url, accept }, limit);
}
