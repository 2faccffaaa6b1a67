/** Where an identity begins, before any role is assumed with it. */
export type IdentityRoot =
  | { source: 'ServiceAccount'; namespace: string; serviceAccount: string; roleArn: string }
  /** `version` changes with the content of the Secret, so that new keys make a new identity. */
  | { source: 'AccessKey'; namespace: string; secretName: string; version: string }
  | { source: 'Operator' };

/** One sts:AssumeRole with the credentials of the step before. */
export interface RoleHop {
  roleArn: string;
  sessionName: string;
  externalId?: string | undefined;
  /** 900 to 3600; AWS caps chained roles at one hour. */
  durationSeconds?: number | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
}

/** What AWS sees: a root and the roles that are assumed after it. */
export interface Identity {
  root: IdentityRoot;
  /** Role session name of the first role, where the root assumes one. */
  sessionName: string;
  hops: readonly RoleHop[];
  /** Region of the STS endpoint. */
  stsRegion: string;
}

/** Equal for identities that AWS cannot tell apart: the key under which sessions and tokens are shared. */
export function identityKey(identity: Identity): string {
  return JSON.stringify(identity, (_key, value: unknown) => (isRecord(value) ? sorted(value) : value));
}

/** ARN of the role that asks for the token; undefined for a key pair or the operator without hops. */
export function finalRoleArn(identity: Identity): string | undefined {
  const last = identity.hops.at(-1);
  if (last !== undefined) return last.roleArn;
  return identity.root.source === 'ServiceAccount' ? identity.root.roleArn : undefined;
}

/** How messages name an identity, such as `service account ci/builder`. */
export function describeRoot(root: IdentityRoot): string {
  switch (root.source) {
    case 'ServiceAccount':
      return `service account ${root.namespace}/${root.serviceAccount}`;
    case 'AccessKey':
      return `access key of Secret ${root.namespace}/${root.secretName}`;
    case 'Operator':
      return "the operator's own AWS identity";
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
