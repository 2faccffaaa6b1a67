import { asJsonObject, parseJsonObject } from '../base/json-object.ts';
import { Redacted } from '../base/redacted.ts';

/** Login of one registry host. */
export interface Auth {
  username: string;
  password: Redacted<string>;
}

/** Registry host -> login. */
export type Auths = ReadonlyMap<string, Auth>;

/** Key of the one entry in the data of a kubernetes.io/dockerconfigjson Secret. */
export const dockerConfigKey = '.dockerconfigjson';

/**
 * Text of a Docker `config.json`. Each login stands once, as `auth`: the form that kubelet, Docker, containerd, skopeo,
 * BuildKit and kaniko all read. Hosts are sorted, so equal logins give equal bytes.
 */
export function encodeDockerConfig(auths: Auths): Redacted<string> {
  const entries = [...auths]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, { username, password }]) => {
      const auth = Buffer.from(`${username}:${password.reveal()}`, 'utf8').toString('base64');
      return [host, { auth }] as const;
    });
  return new Redacted(JSON.stringify({ auths: Object.fromEntries(entries) }));
}

/**
 * Reads the logins of a `config.json`, whether written as `auth` or as `username` and `password`. Entries that are
 * neither are left out; text that is no JSON object gives no logins at all.
 */
export function parseDockerConfig(text: Redacted<string>): Map<string, Auth> {
  const root = parseJsonObject(text.reveal());
  const auths = asJsonObject(root?.['auths']) ?? {};
  const logins = new Map<string, Auth>();
  for (const [host, entry] of Object.entries(auths)) {
    const login = parseEntry(asJsonObject(entry) ?? {});
    if (login !== undefined) logins.set(host, login);
  }
  return logins;
}

function parseEntry(entry: Record<string, unknown>): Auth | undefined {
  const { auth, username, password } = entry;
  if (typeof username === 'string' && typeof password === 'string') {
    return { username, password: new Redacted(password) };
  }
  if (typeof auth !== 'string') return undefined;
  const decoded = Buffer.from(auth, 'base64').toString('utf8');
  // Only the first colon separates: a password may hold more of them.
  const colon = decoded.indexOf(':');
  if (colon < 1) return undefined;
  return { username: decoded.slice(0, colon), password: new Redacted(decoded.slice(colon + 1)) };
}
