import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import type { RegistryFacts } from '../registry-facts.ts';

/** Everything that a decision about one EcrRegistry rests on, as plain data. */
export interface World extends RegistryFacts {
  /** The Secret that is kept. */
  secret: ObservedSecret | undefined;
}
