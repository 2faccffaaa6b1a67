import type { ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import type { EcrPipeline } from '../../api/ecr-pipeline.ts';
import type { EcrRegistry } from '../../api/ecr-registry.ts';
import type { Stall } from '../../api/reasons.ts';
import type { ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { Settings } from '../registry-facts.ts';

/** A registry that a pipeline names. */
export interface SelectedRegistry {
  /** Name of an EcrRegistry, or `ClusterEcrRegistry/<name>`. */
  name: string;
  /** Undefined where there is none that the pipeline may use: `refusal` says why. */
  registry: EcrRegistry | ClusterEcrRegistry | undefined;
  refusal: Stall | undefined;
  /** Where the service accounts of its own levels and its keys live. */
  identityNamespace: string;
  isCluster: boolean;
  /** A cluster registry that selects the namespace no more takes its login along; one that is gone leaves it. */
  revoked: boolean;
}

/** Everything that a decision about one EcrPipeline rests on, as plain data. */
export interface World {
  pipeline: EcrPipeline;
  settings: Settings;
  registries: readonly SelectedRegistry[];
  /** By `namespace/name`: all service accounts that could win for any of the Secrets. */
  serviceAccounts: ReadonlyMap<string, { exists: boolean; role: ServiceAccountRole | undefined }>;
  /** Versions of the key Secrets of the registries, by `namespace/name`; a missing Secret has none. */
  keySecrets: ReadonlyMap<string, string | undefined>;
  /** By name: the Secrets of the pipeline and its triggers. */
  secrets: ReadonlyMap<string, ObservedSecret>;
}
