import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { SingleFlight } from '../base/single-flight.ts';
import type { Access, Credentials, TlsMaterial } from './credentials.ts';

/** The kubelet renews projected tokens long before they expire, and what is refused is read anew at once. */
const rereadAfterMs = 10_000;

export interface CachedCredentialsOptions {
  readonly server: URL;
  /** Reads the credentials; `anew` after the API server refused the last ones. */
  readonly read: (anew: boolean) => Promise<Access>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Credentials that are read at most every ten seconds. When reading fails, the last good ones stay in use. */
export function cachedCredentials({ server, read, clock, log }: CachedCredentialsOptions): Credentials {
  const flight = new SingleFlight<Access>();
  let last: Access | undefined;
  let dueMs = 0;
  let wasRefused = false;

  const reread = async (): Promise<Access> => {
    const anew = wasRefused;
    wasRefused = false;
    try {
      const access = await read(anew);
      last = last !== undefined && sameTls(last.tls, access.tls) ? { ...access, tls: last.tls } : access;
    } catch (error) {
      if (last === undefined)
        throw new Error(`cannot read the credentials for ${server.href}`, { cause: error });
      log.warn({ err: error }, 'cannot read the Kubernetes credentials anew, going on with the last ones');
    }
    dueMs = clock.now() + rereadAfterMs;
    return last;
  };

  return {
    server,
    current: async () =>
      last !== undefined && clock.now() < dueMs ? last : await flight.run('access', reread),
    refused(access) {
      if (access !== last) return;
      dueMs = 0;
      wasRefused = true;
    },
  };
}

function sameTls(a: TlsMaterial, b: TlsMaterial): boolean {
  return (
    a.ca === b.ca &&
    a.cert === b.cert &&
    a.key?.reveal() === b.key?.reveal() &&
    a.servername === b.servername &&
    a.rejectUnauthorized === b.rejectUnauthorized
  );
}
