import { randomBytes } from 'node:crypto';

import { Redacted } from '../../../src/base/redacted.ts';
import { requireArn } from './arn.ts';
import type { Policy } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { TrustStatement } from './trust.ts';
import { createKeyFinder, type ReadJwks, type TokenIssuer } from './web-identity.ts';

/** What every principal may do unless its set-up says otherwise: all of ECR. */
const defaultAllow: readonly string[] = ['ecr:*', 'ecr-public:*', 'sts:GetServiceBearerToken'];

export interface RoleOptions {
  readonly arn: string;
  readonly trust: readonly TrustStatement[];
  /** Default 3600, as in IAM. */
  readonly maxSessionDurationSeconds?: number;
  /** Action patterns; default: everything of ECR and ECR Public. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

interface UserOptions {
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

interface OidcProviderOptions {
  /** Default: the key set that the local AWS was started with. */
  readonly jwks?: ReadJwks;
  /** Default: `sts.amazonaws.com`. */
  readonly clientIds?: readonly string[];
}

export interface Role {
  readonly arn: string;
  /** Changes when a role is deleted and made again: sessions of the old one are worth nothing then. */
  readonly id: string;
  readonly trust: readonly TrustStatement[];
  readonly maxSessionDurationSeconds: number;
}

interface AccessKey {
  readonly userArn: string;
  readonly userId: string;
  readonly secretAccessKey: Redacted<string>;
}

/** The IAM of all accounts. Account and partition of everything come from its ARN. */
export interface Iam {
  /** Adds a role, or replaces one of the same ARN while its sessions live on. */
  role(options: RoleOptions): void;
  deleteRole(arn: string): void;
  /** Adds a user with an access key; a second call for the same ARN adds a second key. */
  user(options: UserOptions): void;
  deleteAccessKey(accessKeyId: string): void;
  /** Registers an issuer with every account. */
  oidcProvider(issuer: string, options?: OidcProviderOptions): void;
  /** Takes an issuer from one account, or from all. */
  deleteOidcProvider(issuer: string, account?: string): void;
}

/** The questions that the services ask of IAM. */
export interface IamQueries {
  findRole(arn: string): Role | undefined;
  findAccessKey(accessKeyId: string): AccessKey | undefined;
  findIssuer(account: string, issuer: string): TokenIssuer | undefined;
  /** The policy of a user or role as it is now: rights are looked up at each use, not when a session starts. */
  policyOf(principal: Principal): Policy;
}

interface Provider extends TokenIssuer {
  readonly deletedFrom: Set<string>;
}

/** An empty IAM, but for the issuer that the local AWS was started for. */
export function createIam(issuer: string, jwks: ReadJwks): Iam & IamQueries {
  const roles = new Map<string, Role>();
  const keys = new Map<string, AccessKey>();
  const policies = new Map<string, Policy>();
  const providers = new Map<string, Provider>();

  const iam: Iam & IamQueries = {
    role(options) {
      requireArn(options.arn);
      const { arn, trust, maxSessionDurationSeconds = 3600 } = options;
      roles.set(arn, { arn, id: roles.get(arn)?.id ?? uniqueId('AROA'), trust, maxSessionDurationSeconds });
      policies.set(arn, policyFrom(options));
    },
    deleteRole(arn) {
      roles.delete(arn);
      policies.delete(arn);
    },
    user(options) {
      requireArn(options.arn);
      const userId =
        [...keys.values()].find((key) => key.userArn === options.arn)?.userId ?? uniqueId('AIDA');
      const secretAccessKey = new Redacted(options.secretAccessKey);
      keys.set(options.accessKeyId, { userArn: options.arn, userId, secretAccessKey });
      policies.set(options.arn, policyFrom(options));
    },
    deleteAccessKey: (accessKeyId) => void keys.delete(accessKeyId),
    oidcProvider(url, { jwks: read = jwks, clientIds = ['sts.amazonaws.com'] } = {}) {
      providers.set(url, { findKey: createKeyFinder(read), clientIds, deletedFrom: new Set() });
    },
    deleteOidcProvider(url, account) {
      if (account === undefined) providers.delete(url);
      else providers.get(url)?.deletedFrom.add(account);
    },
    findRole: (arn) => roles.get(arn),
    findAccessKey: (accessKeyId) => keys.get(accessKeyId),
    findIssuer(account, url) {
      const provider = providers.get(url);
      return provider?.deletedFrom.has(account) === true ? undefined : provider;
    },
    policyOf: (principal) => policies.get(principal.roleArn ?? principal.arn) ?? { allow: [], deny: [] },
  };
  iam.oidcProvider(issuer);
  return iam;
}

function policyFrom({ allow = defaultAllow, deny = [] }: Partial<Policy>): Policy {
  return { allow, deny };
}

/** IAM ids are a prefix that tells the kind, and 17 letters and digits. */
export function uniqueId(prefix: string, length = 17): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + [...randomBytes(length)].map((byte) => letters[byte % 32]).join('');
}
