import { annotations } from '../../api/names.ts';
import { Redacted } from '../../base/redacted.ts';
import { dockerConfigKey } from '../../docker-config/docker-config.ts';
import { type KubeObject, secrets } from '../../kube/object.ts';
import { parseTokenRecords, formatTime } from '../../secrets/token-records.ts';
import type { Connection } from '../connection.ts';
import { CommandFailure, exitCode } from '../exit-code.ts';
import type { SecretTarget } from './targets.ts';

/** Whom a Secret logs in to, without the password. Times are RFC 3339. */
export interface Login {
  readonly host: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** Reads the hosts from the metadata of a Secret: its data do not leave the API server. Undefined without such a Secret. */
export async function readLogins(
  { namespace, name }: SecretTarget,
  { client, signal }: Connection,
): Promise<Login[] | undefined> {
  const secret = await client.get<KubeObject>(secrets, { namespace, name }, { metadataOnly: true, signal });
  if (secret === undefined) return undefined;
  const records = Object.values(parseTokenRecords(secret.metadata.annotations?.[annotations.tokens]));
  return records
    .flatMap(({ hosts, issuedAtMs, expiresAtMs }) =>
      hosts.map((host) => ({ host, issuedAt: formatTime(issuedAtMs), expiresAt: formatTime(expiresAtMs) })),
    )
    .toSorted((a, b) => (a.host < b.host ? -1 : 1));
}

interface SecretData extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The config.json of a Secret, passwords included. Throws a CommandFailure where there is none. */
export async function readConfig(
  { namespace, name }: SecretTarget,
  { client, signal }: Connection,
): Promise<Redacted<string>> {
  const secret = await client.get<SecretData>(secrets, { namespace, name }, { signal });
  const data = secret?.data?.[dockerConfigKey];
  if (data !== undefined) return new Redacted(Buffer.from(data, 'base64').toString('utf8'));
  const what = secret === undefined ? 'does not exist' : `has no key ${dockerConfigKey}`;
  throw new CommandFailure(exitCode.no, `Secret ${namespace}/${name} ${what}: see kubectl ecr explain`);
}
