import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { Clock } from '../../../../src/base/clock.ts';
import type { HttpReply } from '../http.ts';
import { layerHostOf } from './hosts.ts';
import type { Store } from './store.ts';

const linkLifetimeMs = 3_600_000;

/** Pre-signed addresses of layers, which ECR redirects to. */
export interface LayerLinks {
  /** An address from which anyone can read the layer for an hour. */
  sign(region: string, digest: string): string;
  /** Answers a request to such an address, as S3 does. */
  answer(url: URL, headers: IncomingHttpHeaders): HttpReply;
}

/** Makes links that only this instance accepts. */
export function createLayerLinks(store: Store, clock: Clock): LayerLinks {
  const secret = randomBytes(32);
  const signature = (digest: string, until: string): string =>
    createHmac('sha256', secret).update(`${digest} ${until}`).digest('hex');
  return {
    sign(region, digest) {
      const until = String(clock.now() + linkLifetimeMs);
      const query = new URLSearchParams({ Expires: until, 'X-Amz-Signature': signature(digest, until) });
      return `https://${layerHostOf(region)}/${digest}?${query.toString()}`;
    },
    answer({ pathname, searchParams }, headers) {
      // A client that forwards its registry credentials here fails on the real S3 too.
      if (headers.authorization !== undefined)
        return s3Error(400, 'InvalidArgument', 'Only one auth mechanism allowed');
      const digest = decodeURIComponent(pathname.slice(1));
      const until = searchParams.get('Expires') ?? '';
      const content = store.layer(digest);
      if (searchParams.get('X-Amz-Signature') !== signature(digest, until) || content === undefined) {
        return s3Error(403, 'SignatureDoesNotMatch', 'The request signature does not match');
      }
      if (Number(until) <= clock.now()) return s3Error(403, 'AccessDenied', 'Request has expired');
      return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: content };
    },
  };
}

function s3Error(status: number, code: string, message: string): HttpReply {
  const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'Content-Type': 'application/xml' }, body };
}
