import type { StageName } from '../../src/api/verification.ts';
import type { Spec } from '../operator/registries.ts';
import type { VerificationFixture } from './fixture.ts';

/** A registry that is broken in one place, and what its verification has to say. */
export interface BrokenStage {
  /** Of the registry, and of what belongs to it. */
  readonly name: string;
  /** Sets up everything but the registry. */
  spec(f: VerificationFixture, name: string): Promise<Spec>;
  /** The stages before the one that fails. */
  readonly passed: readonly StageName[];
  readonly stage: StageName;
  /** Of the condition. */
  readonly reason: string;
  readonly message: string;
  readonly nextStep: string;
  /** Of AWS or the registry, where one of them says no. */
  readonly code?: string;
}

export const mayAssume = ['sts:AssumeRole', 'ecr:*'];

/** The stages that a service account passes on its way to an authorization token. */
export const known: readonly StageName[] = [
  'ServiceAccount',
  'WebIdentityToken',
  'AssumeRole',
  'CallerIdentity',
];

/** The stages that it passes on its way into a registry. */
export const loggedIn: readonly StageName[] = [...known, 'AuthorizationToken', 'RegistryPing'];
