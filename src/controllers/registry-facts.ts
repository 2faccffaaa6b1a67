import type { EcrRegistry } from '../api/ecr-registry.ts';
import type { Level } from '../identity/levels.ts';
import type { ServiceAccountRole } from '../identity/service-account-role.ts';

/** What the flags of the operator decide. */
export interface Settings {
  /** Service account of the runtime level where a registry names none; '' is unset. */
  runtimeServiceAccount: string;
  /** Whether namespaced objects may use the operator's own AWS identity. */
  allowOperatorIdentity: boolean;
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
  registry: EcrRegistry;
  settings: Settings;
  /** Undefined where no level is set, or none is needed. */
  winner: WinnerFacts | undefined;
  /** The Secret with the keys of an IAM user, where one is needed; `version` changes with its content. */
  accessKey: { secretName: string; version: string | undefined } | undefined;
}
