import type { EcrPipeline } from '../../api/ecr-pipeline.ts';
import type { EcrRegistry } from '../../api/ecr-registry.ts';
import type { ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { Settings } from '../registry-facts.ts';

/** A registry that a pipeline logs in to; `registry` is undefined where there is none of that name. */
export interface SelectedRegistry {
  name: string;
  registry: EcrRegistry | undefined;
}

/** Everything that a decision about one EcrPipeline rests on, as plain data. */
export interface World {
  pipeline: EcrPipeline;
  settings: Settings;
  registries: readonly SelectedRegistry[];
  /** By the name of the service account: all that could win for any of the Secrets. */
  serviceAccounts: ReadonlyMap<string, { exists: boolean; role: ServiceAccountRole | undefined }>;
  /** Versions of the key Secrets of the registries, by name; a missing Secret has none. */
  keySecrets: ReadonlyMap<string, string | undefined>;
  /** By name: the Secrets of the pipeline and its triggers. */
  secrets: ReadonlyMap<string, ObservedSecret>;
}
