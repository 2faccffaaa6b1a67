import { dockerConfigKey } from '../../docker-config/docker-config.ts';
import { relativeTime } from '../durations.ts';
import type { Paint } from '../paint.ts';
import { tableLines } from '../table.ts';
import type { Login } from './read-logins.ts';
import type { SecretTarget } from './targets.ts';

/** A Secret and whom it logs in to; undefined logins: there is no such Secret. */
export interface SecretLogins extends SecretTarget {
  readonly logins: readonly Login[] | undefined;
}

/** What stands in place of a password. */
const hidden = '[redacted]';

/** For people: where the logins are, and how pods use them. `now` is epoch milliseconds. */
export function dockerConfigLines(secrets: readonly SecretLogins[], now: number, paint: Paint): string[] {
  const [first] = secrets;
  const usage =
    first === undefined
      ? []
      : [
          '',
          `To pull:  spec.imagePullSecrets: [{ name: ${first.name} }]`,
          `To push:  mount the Secret with items: [{ key: ${dockerConfigKey}, path: config.json }],`,
          '          and set DOCKER_CONFIG to the folder that it is mounted to',
        ];
  return [...secrets.flatMap((secret) => secretLines(secret, now, paint)), ...usage];
}

function secretLines(
  { namespace, name, trigger, logins }: SecretLogins,
  now: number,
  paint: Paint,
): string[] {
  const title = `Secret ${namespace}/${name}${trigger === undefined ? '' : ` of trigger ${trigger}`}`;
  if (logins === undefined) return [`${paint('bold', title)} does not exist`];
  const rows = logins.map(({ host, expiresAt }) => [
    `  ${host}`,
    `AWS:${hidden}`,
    `expires ${relativeTime(expiresAt, now)} (${expiresAt})`,
  ]);
  return [`${paint('bold', title)}, key ${dockerConfigKey}`, ...tableLines(rows)];
}

/** For programs: the shape of a config.json for each Secret, without a password. */
export function dockerConfigData(secrets: readonly SecretLogins[]): object {
  return {
    secrets: secrets.map(({ logins, ...target }) => ({
      ...target,
      exists: logins !== undefined,
      key: dockerConfigKey,
      auths: Object.fromEntries(
        (logins ?? []).map(({ host, ...times }) => [host, { auth: hidden, ...times }]),
      ),
    })),
  };
}
