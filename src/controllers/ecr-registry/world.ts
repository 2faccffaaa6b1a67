import type { EcrRegistry } from '../../api/ecr-registry.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { RegistryFacts } from '../registry-facts.ts';

/** Everything that a decision about one EcrRegistry rests on, as plain data. */
export interface World extends RegistryFacts {
  registry: EcrRegistry;
  /** The Secret that is kept. */
  secret: ObservedSecret | undefined;
}
