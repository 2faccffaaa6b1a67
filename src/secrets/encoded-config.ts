import { encodeDockerConfig } from '../docker-config/docker-config.ts';
import type { Auth } from '../docker-config/docker-config.ts';
import type { Redacted } from '../base/redacted.ts';
import { type IssuedToken, nextAuths, type TokenContent } from './content.ts';

/** For as long as the token itself is in memory. */
const known = new WeakMap<IssuedToken, { hosts: string; config: Redacted<string> }>();

/**
 * The docker config of the next version of a Secret; see `nextAuths`. A config that one new token makes up is encoded
 * once, for the thousands of Secrets that get it.
 */
export function encodedConfig(
  content: readonly TokenContent[],
  existing: ReadonlyMap<string, Auth>,
): Redacted<string> {
  const [only, ...others] = content;
  if (only?.kind !== 'issued' || others.length > 0) return encodeDockerConfig(nextAuths(content, existing));
  const hosts = only.record.hosts.join(' ');
  const before = known.get(only.issued);
  if (before?.hosts === hosts) return before.config;
  const config = encodeDockerConfig(nextAuths(content, existing));
  known.set(only.issued, { hosts, config });
  return config;
}
