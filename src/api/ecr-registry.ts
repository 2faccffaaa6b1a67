import type { z } from 'zod';
import type * as schema from './ecr-registry.schema.ts';
import { apiVersion } from './names.ts';

type Schema = z.infer<typeof schema.ecrRegistry>;
export type EcrRegistrySpec = Schema['spec'];
export type EcrRegistryStatus = NonNullable<Schema['status']>;
export type RegistryEntry = NonNullable<EcrRegistrySpec['registries']>[number];
export type AssumeRole = NonNullable<EcrRegistrySpec['credentials']['assumeRoles']>[number];

/** An EcrRegistry as the API server returns it: defaults are filled in. */
export interface EcrRegistry {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    generation: number;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: EcrRegistrySpec;
  status?: EcrRegistryStatus;
}

export const ecrRegistries = {
  apiVersion,
  kind: 'EcrRegistry',
  plural: 'ecrregistries',
  namespaced: true,
} as const;

/** Name of the Secret of a registry, of any scope. */
export function secretNameOf(registry: {
  metadata: { name: string };
  spec: Pick<EcrRegistrySpec, 'secret'>;
}): string {
  return registry.spec.secret.name ?? `${registry.metadata.name}-ecr`;
}
