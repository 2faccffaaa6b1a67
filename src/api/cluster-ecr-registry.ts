import type { z } from 'zod';
import type * as schema from './cluster-ecr-registry.schema.ts';
import type { EcrRegistry } from './ecr-registry.ts';
import { apiVersion } from './names.ts';

type Schema = z.infer<typeof schema.clusterEcrRegistry>;
export type ClusterEcrRegistrySpec = Schema['spec'];
export type ClusterEcrRegistryStatus = NonNullable<Schema['status']>;
export type TargetFailure = NonNullable<ClusterEcrRegistryStatus['failures']>[number];

/** A ClusterEcrRegistry as the API server returns it: defaults are filled in. */
export interface ClusterEcrRegistry {
  apiVersion: string;
  kind: string;
  metadata: Omit<EcrRegistry['metadata'], 'namespace'>;
  spec: ClusterEcrRegistrySpec;
  status?: ClusterEcrRegistryStatus;
}

export const clusterEcrRegistries = {
  apiVersion,
  kind: 'ClusterEcrRegistry',
  plural: 'clusterecrregistries',
  namespaced: false,
} as const;
