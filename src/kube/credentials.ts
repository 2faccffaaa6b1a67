import type { Agent } from 'node:http';
import type { Redacted } from '../base/redacted.ts';

/** The TLS side of a connection, PEM encoded. A new object only when something in it changed. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: Redacted<string> | undefined;
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
}

/** What one request carries to be let in. */
export interface Access {
  /** The value of the Authorization header. */
  readonly authorization: Redacted<string> | undefined;
  /** Headers that are not secret, such as impersonation. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** Set when the API server is reached through a proxy. */
  readonly proxyAgent?: Agent | undefined;
}

/** Where the API server is, and who we are to it. Both may change while we run. */
export interface Credentials {
  /** May have a path, as behind a multi-cluster proxy. */
  readonly server: URL;
  current(): Promise<Access>;
  /** Says that the API server refused `access`: the next `current()` reads files and runs helpers anew. */
  refused(access: Access): void;
}
