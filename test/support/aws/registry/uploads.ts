import { randomUUID } from 'node:crypto';

import type { HttpReply } from '../http.ts';
import { RegistryError } from './errors.ts';
import { emptyReply, type Exchange } from './exchange.ts';
import { digestOf, type Upload } from './store.ts';

/** Every part but the last must be at least this long. */
const smallestPartBytes = 5 * 1024 * 1024;

/** POST: starts an upload. ECR mounts no layer by default: `?mount=&from=` starts an upload as well. */
export function startUpload(exchange: Exchange): HttpReply {
  if (exchange.method !== 'POST')
    throw new RegistryError(405, 'UNSUPPORTED', `no ${exchange.method} of uploads`);
  exchange.require('InitiateLayerUpload');
  const id = randomUUID();
  exchange.repository.uploads.set(id, { parts: [] });
  return emptyReply(202, uploadHeaders(exchange, id, []));
}

/** PATCH, PUT, GET and DELETE of an upload. */
export function continueUpload(exchange: Exchange, id: string): HttpReply {
  const upload = exchange.repository.uploads.get(id);
  if (upload === undefined)
    throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', `The upload ${id} does not exist`);
  switch (exchange.method) {
    case 'PATCH':
      return addPart(exchange, id, upload);
    case 'PUT':
      return completeUpload(exchange, id, upload);
    case 'GET':
      return emptyReply(204, uploadHeaders(exchange, id, upload.parts));
    case 'DELETE':
      exchange.repository.uploads.delete(id);
      return emptyReply(204);
    default:
      throw new RegistryError(405, 'UNSUPPORTED', `no ${exchange.method} of an upload`);
  }
}

/** Answers 201 where the standard says 202. */
function addPart(exchange: Exchange, id: string, upload: Upload): HttpReply {
  exchange.require('UploadLayerPart');
  const stored = sizeOf(upload);
  const start = /^(?:bytes )?(\d+)-\d+/.exec(exchange.headers['content-range'] ?? '')?.[1];
  if (start !== undefined && Number(start) !== stored) {
    const message = `The part starts at ${start}, but ${stored} bytes are stored`;
    throw new RegistryError(416, 'BLOB_UPLOAD_INVALID', message, uploadHeaders(exchange, id, upload.parts));
  }
  const previous = upload.parts.at(-1);
  if (previous !== undefined && previous.length < smallestPartBytes) {
    throw new RegistryError(400, 'SIZE_INVALID', 'All parts but the last must be at least 5 MiB long');
  }
  upload.parts.push(exchange.body);
  return emptyReply(201, uploadHeaders(exchange, id, upload.parts));
}

function completeUpload(exchange: Exchange, id: string, upload: Upload): HttpReply {
  const { body, repository, store, query } = exchange;
  if (body.length > 0) exchange.require('UploadLayerPart');
  exchange.require('CompleteLayerUpload');
  const content = Buffer.concat([...upload.parts, body]);
  const digest = digestOf(content);
  const claimed = query.get('digest');
  if (claimed !== digest) {
    throw new RegistryError(400, 'DIGEST_INVALID', `The layer has the digest ${digest}, not ${claimed}`);
  }
  store.putLayer(repository, content);
  repository.uploads.delete(id);
  const location = `/v2/${repository.name}/blobs/${digest}`;
  return emptyReply(201, { Location: location, 'Docker-Content-Digest': digest });
}

function uploadHeaders(
  exchange: Exchange,
  id: string,
  parts: readonly Buffer[],
): Readonly<Record<string, string>> {
  // The range stays at the end of the first part, whatever is stored after it.
  const end = Math.max(0, (parts[0]?.length ?? 0) - 1);
  const location = `/v2/${exchange.repository.name}/blobs/uploads/${id}`;
  return { Location: location, 'Docker-Upload-Uuid': id, Range: `0-${end}` };
}

function sizeOf({ parts }: Upload): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
