import type { EcrRegistry } from '../../api/ecr-registry.ts';
import type { Level } from '../../identity/levels.ts';
import type { ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';

/** What the flags of the operator decide. */
export interface Settings {
  /** Service account of the runtime level where a registry names none; '' is unset. */
  runtimeServiceAccount: string;
  /** Whether namespaced objects may use the operator's own AWS identity. */
  allowOperatorIdentity: boolean;
}

/** Everything that a decision about one EcrRegistry rests on, as plain data. */
export interface World {
  registry: EcrRegistry;
  settings: Settings;
  /** The winner among the service accounts, where one is needed. */
  winner: { level: Level; name: string; exists: boolean; role: ServiceAccountRole | undefined } | undefined;
  /** The Secret with the keys of an IAM user, where one is needed; `version` changes with its content. */
  accessKey: { secretName: string; version: string | undefined } | undefined;
  /** The Secret that is kept. */
  secret: ObservedSecret | undefined;
}
