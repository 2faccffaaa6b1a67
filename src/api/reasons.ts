import { roleAnnotations } from './names.ts';

/** Why an object is not ready, as far as the cluster can tell; what AWS says has its own table in `aws/`. */
export interface Stall {
  /** Reason of the condition, and of the event. */
  reason: string;
  message: string;
}

/** Reasons of conditions that are True. */
export const goodReasons = {
  ready: 'Ready',
  resolved: 'Resolved',
  fresh: 'Fresh',
  synced: 'Synced',
  verified: 'Verified',
} as const;

const levelField = {
  runtime: 'spec.credentials.serviceAccounts.runtime or the flag --runtime-service-account',
  account: 'spec.credentials.serviceAccounts.account',
  pipeline: 'spec.serviceAccount',
  trigger: 'spec.triggers[].serviceAccount',
} as const;

type Level = keyof typeof levelField;

/** Every stall in one place, with object, field and next step. */
export const stalls = {
  noServiceAccount: (): Stall => ({
    reason: 'NoServiceAccount',
    message: `no level names a service account: set ${levelField.account}, or ${levelField.runtime}`,
  }),
  serviceAccountNotFound: (level: Level, namespace: string, name: string): Stall => ({
    reason: 'ServiceAccountNotFound',
    message: `service account ${namespace}/${name} of level ${level} does not exist: create it, or correct ${levelField[level]}; a lower level is not used in its place`,
  }),
  noRole: (level: Level, namespace: string, name: string): Stall => ({
    reason: 'NoRole',
    message: `service account ${namespace}/${name} of level ${level} names no IAM role: annotate it with ${roleAnnotations[1]}=<role ARN>; EKS Pod Identity cannot be used for it, only with credentials.source Operator`,
  }),
  invalidRole: (level: Level, namespace: string, name: string, annotation: string, why: string): Stall => ({
    reason: 'InvalidRole',
    message: `annotation ${annotation} of service account ${namespace}/${name} of level ${level} is no IAM role ARN (${why}): write one such as arn:aws:iam::111122223333:role/ecr-push`,
  }),
  accessKeyNotFound: (namespace: string, name: string): Stall => ({
    reason: 'AccessKeyNotFound',
    message: `Secret ${namespace}/${name} of spec.credentials.accessKey.secretName does not exist: create it with the keys accessKeyId and secretAccessKey`,
  }),
  operatorIdentityNotAllowed: (): Stall => ({
    reason: 'OperatorIdentityNotAllowed',
    message:
      "spec.credentials.source Operator lends the operator's own AWS identity, which this operator does not allow: use ServiceAccount, or ask an administrator to set --allow-operator-identity",
  }),
  noIdentityNamespace: (): Stall => ({
    reason: 'NoIdentityNamespace',
    message:
      'the operator does not know in which namespace the service accounts and keys of cluster registries live: set --cluster-identity-namespace or POD_NAMESPACE',
  }),
  invalidRegistry: (why: string): Stall => ({
    reason: 'InvalidRegistry',
    message: `spec.registries cannot be turned into host names (${why}): correct accountId, region or endpoints of the entry`,
  }),
  /** `hosts` are those that the login is for. */
  hostNotListed: (host: string, hosts: readonly string[]): Stall => ({
    reason: 'HostNotListed',
    message: `registry host ${host} of spec.verify.repositories is none of those that are logged in to (${hosts.join(', ')}): correct it, or add its account and region to spec.registries`,
  }),
  registryNotFound: (namespace: string, name: string): Stall => ({
    reason: 'RegistryNotFound',
    message: `EcrRegistry ${namespace}/${name} of spec.registries does not exist: create it, or correct the name`,
  }),
  clusterRegistryNotFound: (name: string): Stall => ({
    reason: 'RegistryNotFound',
    message: `ClusterEcrRegistry ${name} of spec.registries does not exist, or the operator works in one namespace only and sees none: create it, or correct the name`,
  }),
  namespaceNotSelected: (namespace: string, name: string): Stall => ({
    reason: 'NamespaceNotSelected',
    message: `ClusterEcrRegistry ${name} of spec.registries does not select namespace ${namespace}: ask an administrator to let its namespaceSelector or namespaces select it`,
  }),
  noRegistries: (namespace: string): Stall => ({
    reason: 'NoRegistries',
    message: `there is no EcrRegistry in namespace ${namespace}: create one, it is used at once`,
  }),
  /** `registry` with its kind. */
  registrySuspended: (registry: string): Stall => ({
    reason: 'Suspended',
    message: `${registry} is suspended: set its spec.suspend to false to go on`,
  }),
  notAllowed: (
    level: Level,
    serviceAccount: string,
    registry: string,
    allowed: readonly string[],
  ): Stall => ({
    reason: 'ServiceAccountNotAllowed',
    message: `service account ${serviceAccount} of level ${level} is refused by ${registry}: spec.credentials.serviceAccounts.allowed has ${allowed.length === 0 ? 'no name' : allowed.join(', ')}; use one of these, or have it added`,
  }),
  secretNameTaken: (secretName: string, trigger: string | undefined): Stall => ({
    reason: 'SecretNameTaken',
    message: `Secret ${secretName} is that of ${trigger === undefined ? 'the pipeline itself' : `trigger ${trigger}`}: give each secretName once, and none that another target has by default`,
  }),
  hostTaken: (registry: string, host: string, winner: string): Stall => ({
    reason: 'HostTaken',
    message: `registries ${registry} and ${winner} both log in to ${host}, and a Secret has one login for each host: ${winner} wins, as the primary or the older one; set spec.primary on the one that should, or name only one in spec.registries`,
  }),
  /** `first` is one of the namespaces with what is wrong there. */
  targetsFailed: (failed: number, desired: number, first: string): Stall => ({
    reason: 'TargetsFailed',
    message: `${failed} of ${desired} Secrets cannot be written, see status.failures; the first is in namespace ${first}`,
  }),
  targetsPending: (pending: number, desired: number): Stall => ({
    reason: 'Progressing',
    message: `${pending} of ${desired} Secrets are still to be written`,
  }),
  suspended: (): Stall => ({
    reason: 'Suspended',
    message: 'spec.suspend is true: the Secret stays as it is and is not refreshed; set it to false to go on',
  }),
  /** `field` is the one that names the Secret. */
  secretConflict: (namespace: string, name: string, found: string, field: string): Stall => ({
    reason: 'Conflict',
    message: `Secret ${namespace}/${name} exists and is not ours: ${found}; delete it, or set ${field} to another name`,
  }),
  secretDeleting: (namespace: string, name: string): Stall => ({
    reason: 'Deleting',
    message: `Secret ${namespace}/${name} is being deleted and waits for its finalizers; it is written again when it is gone`,
  }),
  writeFailed: (namespace: string, name: string, said: string): Stall => ({
    reason: 'WriteFailed',
    message: `Secret ${namespace}/${name} cannot be written: ${said}`,
  }),
} as const;

/** What is wrong and what to do about it: the two parts of the message of a stall, which the last colon separates. */
export function partsOf({ message }: Stall): { what: string; nextStep: string } {
  const colon = message.lastIndexOf(': ');
  return { what: message.slice(0, colon), nextStep: message.slice(colon + 2) };
}
