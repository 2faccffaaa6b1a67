import type { ApiRequest } from './api-request.ts';
import { dnsSuffixOfRegion } from './arn.ts';
import { accessDenied, AwsError } from './errors.ts';
import type { BodyChange } from './faults.ts';
import type { JsonObject } from './json.ts';
import { decide, denialMessage } from './permissions.ts';
import type { Principal } from './principal.ts';
import { endOfLife, type World } from './world.ts';

/** How long an authorization token lives. */
const tokenSeconds = 12 * 3600;

/** What a GetAuthorizationToken call adds to the request itself. */
export interface TokenCall {
  readonly request: ApiRequest;
  readonly caller: Principal;
  /** A fault can ask for an unusual password. */
  readonly password: BodyChange['password'];
}

/** ecr:GetAuthorizationToken. `proxyEndpoint` names the caller's own registry, whichever one it wants to use. */
export function getAuthorizationToken(world: World, { request, caller, password }: TokenCall): JsonObject {
  requirePermission(world, caller, 'ecr', 'ecr:GetAuthorizationToken');
  const { region } = request;
  const expiresAt = endOfLife(world, tokenSeconds);
  const token = world.tokens.issue({ registry: 'ecr', region, principal: caller, expiresAt }, password);
  const describe = (account: string): JsonObject => ({
    authorizationToken: token.reveal(),
    expiresAt: expiresAt / 1000,
    proxyEndpoint: `https://${account}.dkr.ecr.${region}.${dnsSuffixOfRegion(region)}`,
  });
  return { authorizationData: registryIds(request.json, caller).map(describe) };
}

/** ecr-public:GetAuthorizationToken: one object without a proxyEndpoint, and a second permission. */
export function getPublicAuthorizationToken(
  world: World,
  { request, caller, password }: TokenCall,
): JsonObject {
  requirePermission(world, caller, 'ecr-public', 'ecr-public:GetAuthorizationToken');
  requirePermission(world, caller, 'ecr-public', 'sts:GetServiceBearerToken');
  const expiresAt = endOfLife(world, tokenSeconds);
  const { region } = request;
  const token = world.tokens.issue(
    { registry: 'ecr-public', region, principal: caller, expiresAt },
    password,
  );
  return { authorizationData: { authorizationToken: token.reveal(), expiresAt: expiresAt / 1000 } };
}

/** The deprecated parameter still gives one entry for each id. */
function registryIds(json: JsonObject, caller: Principal): readonly string[] {
  const ids = json['registryIds'];
  if (!Array.isArray(ids)) return [caller.account];
  const valid = ids.filter((id): id is string => typeof id === 'string' && /^\d{12}$/.test(id));
  if (ids.length === 0 || ids.length > 10 || valid.length < ids.length) {
    throw new AwsError(400, 'InvalidParameterException', "Invalid parameter at 'registryIds'");
  }
  return valid;
}

function requirePermission(
  world: World,
  caller: Principal,
  service: 'ecr' | 'ecr-public',
  action: string,
): void {
  const decision = decide(world.iam.policyOf(caller), action);
  if (decision !== 'allowed') {
    throw accessDenied(service, denialMessage(caller.arn, action, '*', decision));
  }
}
