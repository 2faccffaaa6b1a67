import type { z } from 'zod';
import type * as schema from './cluster-ecr-registry.schema.ts';
import { apiVersion } from './names.ts';

type Schema = z.infer<typeof schema.clusterEcrRegistry>;
export type ClusterEcrRegistrySpec = Schema['spec'];
export type ClusterEcrRegistryStatus = NonNullable<Schema['status']>;
export type TargetFailure = NonNullable<ClusterEcrRegistryStatus['failures']>[number];

/** A ClusterEcrRegistry as the API server returns it: defaults are filled in. */
export interface ClusterEcrRegistry {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    uid: string;
    generation: number;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: ClusterEcrRegistrySpec;
  status?: ClusterEcrRegistryStatus;
}

export const clusterEcrRegistries = {
  apiVersion,
  kind: 'ClusterEcrRegistry',
  plural: 'clusterecrregistries',
  namespaced: false,
} as const;
