import { randomBytes } from 'node:crypto';

import { Redacted } from '../../../src/base/redacted.ts';
import { assumedRoleArn, requireArn } from './arn.ts';
import { uniqueId, type Role } from './iam.ts';
import type { Principal } from './principal.ts';

/** A session of a role: temporary credentials. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: Redacted<string>;
  readonly sessionToken: Redacted<string>;
  readonly principal: Principal;
  readonly roleId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface Sessions {
  issue(role: Role, sessionName: string, expiresAt: number): Session;
  /** Also finds expired sessions, so that their holder is told that they expired. */
  find(accessKeyId: string): Session | undefined;
}

/** No sessions yet. */
export function createSessions(): Sessions {
  const sessions = new Map<string, Session>();
  return {
    issue(role, sessionName, expiresAt) {
      const { partition, account } = requireArn(role.arn);
      const session: Session = {
        accessKeyId: uniqueId('ASIA', 16),
        secretAccessKey: new Redacted(randomBytes(30).toString('base64')),
        sessionToken: new Redacted(randomBytes(300).toString('base64')),
        principal: {
          arn: assumedRoleArn(role.arn, sessionName),
          partition,
          account,
          userId: `${role.id}:${sessionName}`,
          roleArn: role.arn,
        },
        roleId: role.id,
        expiresAt,
      };
      sessions.set(session.accessKeyId, session);
      return session;
    },
    find: (accessKeyId) => sessions.get(accessKeyId),
  };
}
