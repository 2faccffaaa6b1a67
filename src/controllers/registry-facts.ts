import type { EcrRegistrySpec } from '../api/ecr-registry.ts';
import type { Level } from '../identity/levels.ts';
import type { ServiceAccountRole } from '../identity/service-account-role.ts';

/** What the flags of the operator decide. */
export interface Settings {
  /** Service account of the runtime level where a registry names none; '' is unset. */
  runtimeServiceAccount: string;
  /** Whether namespaced objects may use the operator's own AWS identity. */
  allowOperatorIdentity: boolean;
  /** Where the service accounts and keys of cluster-scoped registries live. */
  clusterIdentityNamespace: string;
}

/** What the kinds of registries have in common. */
export interface AnyRegistry {
  metadata: {
    name: string;
    uid: string;
    generation: number;
    annotations?: Record<string, string>;
  };
  spec: EcrRegistrySpec;
}

/** The service account of the highest level, and what it says. */
export interface WinnerFacts {
  level: Level;
  name: string;
  exists: boolean;
  role: ServiceAccountRole | undefined;
}

/** What the identity of a registry rests on, as plain data. */
export interface RegistryFacts {
  registry: AnyRegistry;
  /** Where its service accounts and keys live. */
  identityNamespace: string;
  /** Whether the operator may lend its own AWS identity. */
  mayUseOperatorIdentity: boolean;
  /** Undefined where no level is set, or none is needed. */
  winner: WinnerFacts | undefined;
  /** The Secret with the keys of an IAM user, where one is needed; `version` changes with its content. */
  accessKey: { secretName: string; version: string | undefined } | undefined;
}
