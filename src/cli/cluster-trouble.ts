import { apiVersion } from '../api/names.ts';
import { errorChain } from '../base/error-chain.ts';
import { ApiError, ConnectionError, IllegalNameError, isNotFound, isObjectNotFound } from '../kube/errors.ts';
import { NoLogin, TimeIsUp } from './connection.ts';
import { CommandFailure, exitCode, usageError } from './exit-code.ts';
import { describePermission, missingPermission } from './permission.ts';

/**
 * What an error of a call to the API server means to the person who typed the command: exactly what is missing, and the
 * next step. `server` names the API server and the context.
 */
export function troubleOf(error: unknown, server: string): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof IllegalNameError) return usageError(error.message);
  return new CommandFailure(exitCode.unknown, messageOf(error, server), { cause: error });
}

function messageOf(error: unknown, server: string): string {
  if (error instanceof TimeIsUp)
    return `no answer from the API server ${server}: ${error.message}; try kubectl cluster-info, or a longer --timeout`;
  if (error instanceof ConnectionError)
    return `cannot reach the API server ${server}: ${errorChain(error)}; try kubectl cluster-info`;
  if (error instanceof ApiError) return answerMessage(error, server);
  if (error instanceof NoLogin) return `cannot log in to the API server ${server}: ${errorChain(error)}`;
  return `something went wrong that nobody foresaw: ${errorChain(error)}`;
}

function answerMessage(error: ApiError, server: string): string {
  const missing = missingPermission(error);
  if (missing !== undefined) {
    const { verb, resource, namespace } = missing;
    const scope = namespace === undefined ? '--all-namespaces' : `-n ${namespace}`;
    return `you (${missing.user}) may not ${describePermission(missing)}: ask for a role that allows it, and check with kubectl auth can-i ${verb} ${resource} ${scope}`;
  }
  if (error.status === 401)
    return `the API server ${server} does not know you (401): log in again, or choose another --context`;
  if (isKindNotServed(error))
    return `the API server ${server} serves no ${apiVersion} (${error.message.split(':')[0]}): install the custom resource definitions with the chart, or with kubectl apply -f crds/`;
  return error.message;
}

/** 404 for the path, not for an object: the CRD is not there. */
export function isKindNotServed(error: unknown): boolean {
  return isNotFound(error) && !isObjectNotFound(error);
}
