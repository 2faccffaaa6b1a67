import { createHash, randomBytes } from 'node:crypto';

import { Redacted } from '../../../src/base/redacted.ts';
import type { BodyChange } from './faults.ts';
import type { Principal } from './principal.ts';

/** What a token gives access to. */
interface AuthorizationToken {
  readonly registry: 'ecr' | 'ecr-public';
  /** A token of one region is worth nothing in another. */
  readonly region: string;
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface AuthorizationTokens {
  /** Makes a random token; the result is base64 of `AWS:<password>`, as ECR returns it. */
  issue(token: AuthorizationToken, password?: BodyChange['password']): Redacted<string>;
  /** The token with this password, expired or not. */
  find(password: string): AuthorizationToken | undefined;
}

/** No tokens yet. They are kept by the hash of their password. */
export function createAuthorizationTokens(): AuthorizationTokens {
  const tokens = new Map<string, AuthorizationToken>();
  return {
    issue(token, kind) {
      const password = makePassword(token.expiresAt, kind);
      tokens.set(hash(password), token);
      return new Redacted(Buffer.from(`AWS:${password}`).toString('base64'));
    },
    find: (password) => tokens.get(hash(password)),
  };
}

/** ECR's password is base64 of a JSON object with a sealed payload; its length is part of what clients must stand. */
function makePassword(expiresAt: number, kind: BodyChange['password']): string {
  const sealed = {
    payload: randomBytes(kind === '12-kB' ? 6750 : 750).toString('base64'),
    datakey: randomBytes(138).toString('base64'),
    version: '2',
    type: 'DATA_KEY',
    expiration: Math.floor(expiresAt / 1000),
  };
  const password = Buffer.from(JSON.stringify(sealed)).toString('base64');
  return kind === 'with-colon' ? `${password.slice(0, 9)}:${password.slice(9)}` : password;
}

function hash(password: string): string {
  return createHash('sha256').update(password).digest('base64');
}
