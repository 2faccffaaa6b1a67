import type { ErrorRow } from './error-row.ts';
import { deniedByOperationRows, deniedBesidesRows, deniedByPolicyRows } from './error-rows-denied.ts';
import { identityRows } from './error-rows-identity.ts';
import { networkRows } from './error-rows-network.ts';
import { registryRows } from './error-rows-registry.ts';
import { configurationRows, serviceRows, throttlingRows } from './error-rows-service.ts';

/**
 * What every error of AWS and of the network means, and what to do about it: the first row that matches decides. Kinds
 * of denial come before the operation that was denied, and codes come before what only an HTTP status tells.
 */
export const errorTable: readonly ErrorRow[] = [
  ...configurationRows,
  ...deniedBesidesRows,
  ...deniedByPolicyRows,
  ...identityRows,
  ...deniedByOperationRows,
  ...registryRows,
  ...throttlingRows,
  ...networkRows,
  ...serviceRows,
];

/** What an error is taken for that no row knows: trying again is the safer guess. */
export const unknownErrorRow: ErrorRow = {
  kind: 'transient',
  reason: 'AWSError',
  nextStep: 'It is tried again; look the code up in the AWS documentation of {operation}.',
};
