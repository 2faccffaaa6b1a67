import type { ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import type { EcrRegistry } from '../../api/ecr-registry.ts';
import type { ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { Subject } from '../kinds.ts';
import type { Looked } from './looked.ts';

/** What a Secret tells about itself without its data. */
export interface SecretFact {
  /** UID of the object that it belongs to; undefined on a Secret that is not the operator's. */
  readonly ownerUid: string | undefined;
  readonly deleting: boolean;
  readonly hosts: readonly string[];
}

export interface AccountFact {
  readonly role: ServiceAccountRole | undefined;
}

/** A registry that a Secret logs in to. */
export interface RegistryFact {
  /** As in the status: the name of an EcrRegistry, or `ClusterEcrRegistry/<name>`. */
  readonly name: string;
  /** Its service accounts and keys live in a namespace that only the operator knows. */
  readonly isCluster: boolean;
  readonly registry: Looked<EcrRegistry | ClusterEcrRegistry>;
}

/** Something that went wrong. `time` is RFC 3339. */
export interface Failure {
  readonly time: string;
  readonly reason: string;
  readonly message: string;
}

/** Everything that an explanation rests on, as plain data. Maps are by name, all in the namespace of the object. */
export interface Facts {
  readonly subject: Subject;
  /** Of a pipeline: the registries that it logs in to. */
  readonly registries: readonly RegistryFact[];
  readonly accounts: ReadonlyMap<string, Looked<AccountFact>>;
  /** Secrets that the operator keeps, and those with the keys of IAM users. */
  readonly secrets: ReadonlyMap<string, Looked<SecretFact>>;
  /** Warning events of the object, newest first. */
  readonly warnings: Looked<readonly Failure[]>;
}
