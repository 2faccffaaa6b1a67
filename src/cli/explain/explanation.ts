import type { Condition } from '../../api/conditions.ts';
import type { Failure } from './facts.ts';
import type { LevelLine } from './level-lines.ts';

/** `unknown`: it could not be looked at. `foreign`: it belongs to something else. */
export type SecretState = 'exists' | 'missing' | 'foreign' | 'deleting' | 'unknown';

/** Who logs in to a registry, and why. */
export interface LoginExplanation {
  readonly registry: string;
  readonly source?: 'ServiceAccount' | 'AccessKey' | 'Operator';
  /** Highest first; empty where levels do not matter. */
  readonly levels: readonly LevelLine[];
  /** In words: the service account, key Secret or other identity, and whether it is there. */
  readonly identity?: string;
  /** Roles that are assumed after it, in order. */
  readonly assumeRoles: readonly string[];
  /** What AWS calls the caller. */
  readonly callerArn?: string;
}

/** One Secret that an object keeps; of a cluster registry all of them, which are alike. */
export interface SecretExplanation {
  readonly name: string;
  readonly trigger?: string;
  readonly state: SecretState;
  /** Of a cluster registry: how many there are to be, and are. */
  readonly targets?: { readonly desired: number; readonly ready: number; readonly failed: number };
  /** What is wrong with this Secret alone. */
  readonly problem?: string;
  readonly hosts: readonly string[];
  readonly expiresAt?: string;
  readonly refreshAt?: string;
  readonly logins: readonly LoginExplanation[];
}

/** All that `kubectl ecr explain` tells; with `-o json` just so. Times are RFC 3339. */
export interface Explanation {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly ready?: Condition;
  /** What else one has to know, such as that the operator has not seen the newest version. */
  readonly remarks: readonly string[];
  readonly secrets: readonly SecretExplanation[];
  readonly lastFailure?: Failure;
  readonly conditions: readonly Condition[];
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
}
