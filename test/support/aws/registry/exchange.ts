import type { IncomingHttpHeaders } from 'node:http';

import type { HttpReply } from '../http.ts';
import type { LayerLinks } from './layer-links.ts';
import type { Repository, Store } from './store.ts';

/** A request to one repository, from a visitor whose token was accepted. */
export interface Exchange {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly repository: Repository;
  readonly store: Store;
  readonly links: LayerLinks;
  /** Throws RegistryError (403) unless the visitor may perform the action, named without its service: `PutImage`. */
  readonly require: (action: string) => void;
}

/** An answer without a body. */
export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status, headers, body: '' };
}

/** An answer with a JSON body. */
export function jsonReply(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(value) };
}
