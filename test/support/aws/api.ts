import { randomUUID } from 'node:crypto';

import { sleep } from '../../../src/base/clock.ts';
import type { ApiRequest } from './api-request.ts';
import { assumedRoleArn, parseArn } from './arn.ts';
import { authenticate, createCredentialFinder, type FindCredentials } from './authenticate.ts';
import { spoilReply } from './body-faults.ts';
import type { CallLog } from './calls.ts';
import { getAuthorizationToken, getPublicAuthorizationToken } from './ecr.ts';
import { AwsError, throttled } from './errors.ts';
import type { BodyChange, Fault, FaultSource } from './faults.ts';
import type { HttpReply, Outcome } from './http.ts';
import type { Principal } from './principal.ts';
import type { TakeCall } from './rate-limit.ts';
import { assumeRole, assumeRoleWithWebIdentity, getCallerIdentity } from './sts.ts';
import { errorReply, jsonReply, stsReply } from './wire.ts';
import type { World } from './world.ts';

export interface ApiDependencies {
  readonly world: World;
  readonly faults: FaultSource;
  readonly calls: CallLog;
  readonly takeCall: TakeCall;
}

/** Who a request says that it comes from, before anything is verified: for faults and for the call log. */
interface ClaimedIdentity {
  readonly principalArn: string | undefined;
  readonly roleArn: string | undefined;
}

/** Makes the function that answers the requests of all three services. */
export function createApi(deps: ApiDependencies): (request: ApiRequest) => Promise<Outcome> {
  const { world, faults, calls } = deps;
  const find = createCredentialFinder(world.iam, world.sessions);
  return async (request) => {
    const at = world.clock.now();
    const requestId = randomUUID();
    const claimed = claimedIdentity(request, find);
    const { service, operation, region } = request;
    const fault = faults.take({ service, operation, region, ...claimed });
    const latencyMs = world.settings.current().latencyMs + (fault?.latencyMs ?? 0);
    if (latencyMs > 0) await sleep(world.clock, latencyMs);
    const { code, outcome } = await decideOutcome(deps, find, request, fault, requestId);
    const { principalArn, roleArn } = claimed;
    const role = roleArn === undefined ? {} : { roleArn };
    calls.record({ at, service, operation, region, principalArn, ...role, code, requestId });
    return outcome;
  };
}

async function decideOutcome(
  deps: ApiDependencies,
  find: FindCredentials,
  request: ApiRequest,
  fault: Fault | undefined,
  requestId: string,
): Promise<{ code: number | string; outcome: Outcome }> {
  if (fault?.kind === 'hang' || fault?.kind === 'reset')
    return { code: fault.kind, outcome: { kind: fault.kind } };
  try {
    if (fault?.kind === 'error') {
      throw new AwsError(fault.status ?? 400, fault.code, fault.message ?? `injected ${fault.code}`);
    }
    const change: BodyChange = fault?.kind === 'body' ? fault.body : {};
    const reply = spoilReply(request.service, await perform(deps, find, request, change, requestId), change);
    return { code: 200, outcome: { kind: 'reply', reply } };
  } catch (error) {
    const known = error instanceof AwsError ? error : new AwsError(500, 'InternalFailure', String(error));
    return {
      code: known.code,
      outcome: { kind: 'reply', reply: errorReply(request.service, known, requestId) },
    };
  }
}

async function perform(
  deps: ApiDependencies,
  find: FindCredentials,
  request: ApiRequest,
  { password }: BodyChange,
  requestId: string,
): Promise<HttpReply> {
  const { world } = deps;
  const api = `${request.service}:${request.operation}`;
  if (api === 'sts:AssumeRoleWithWebIdentity') {
    takeOne(deps, request, api, parseArn(request.form.get('RoleArn') ?? '')?.account ?? '');
    return stsReply(request.operation, await assumeRoleWithWebIdentity(world, request), requestId);
  }
  const caller: Principal = authenticate(request, find, world.clock.now());
  takeOne(deps, request, api, caller.account);
  const call = { request, caller, password };
  if (api === 'sts:AssumeRole') {
    return stsReply(request.operation, assumeRole(world, request, caller), requestId);
  }
  if (api === 'sts:GetCallerIdentity')
    return stsReply(request.operation, getCallerIdentity(caller), requestId);
  if (api === 'ecr:GetAuthorizationToken') return jsonReply(getAuthorizationToken(world, call), requestId);
  if (api === 'ecr-public:GetAuthorizationToken') {
    return jsonReply(getPublicAuthorizationToken(world, call), requestId);
  }
  throw new AwsError(
    400,
    request.service === 'sts' ? 'InvalidAction' : 'UnknownOperationException',
    `no operation ${api}`,
  );
}

function takeOne({ takeCall }: ApiDependencies, request: ApiRequest, api: string, account: string): void {
  if (!takeCall(api, request.region, account)) throw throttled(request.service);
}

function claimedIdentity(
  { form, operation, authorization }: ApiRequest,
  find: FindCredentials,
): ClaimedIdentity {
  const principal = find(authorization?.accessKeyId ?? '')?.principal;
  const roleArn = form.get('RoleArn') ?? principal?.roleArn;
  if (operation !== 'AssumeRoleWithWebIdentity' || parseArn(roleArn ?? '') === undefined) {
    return { principalArn: principal?.arn, roleArn };
  }
  return { principalArn: assumedRoleArn(roleArn ?? '', form.get('RoleSessionName') ?? ''), roleArn };
}
