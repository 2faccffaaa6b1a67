import type { ApiRequest } from './api-request.ts';
import { parseArn, requireArn } from './arn.ts';
import { accessDenied, validationError } from './errors.ts';
import type { Role } from './iam.ts';
import { decide } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { Session } from './sessions.ts';
import { checkLength, readAssumeParameters, type AssumeParameters } from './sts-parameters.ts';
import { trustsPrincipal, trustsWebIdentity, type TrustDecision } from './trust.ts';
import { verifyWebIdentity } from './web-identity.ts';
import { endOfLife, type World } from './world.ts';
import type { XmlTree } from './xml.ts';

/** `Role chaining`: the session of a role may get at most this from another role. */
const chainedSessionSeconds = 3600;

/** sts:AssumeRoleWithWebIdentity: unsigned, the token is the proof. */
export async function assumeRoleWithWebIdentity(world: World, { form }: ApiRequest): Promise<XmlTree> {
  const parameters = readAssumeParameters(form);
  const token = form.get('WebIdentityToken') ?? '';
  // The value must not be in the message, unlike that of every other parameter.
  if (token.length < 4 || token.length > 20_000) checkLength('webIdentityToken', '', 4, 20_000);
  const { account, partition } = requireArn(parameters.roleArn);
  const claims = await verifyWebIdentity(
    token,
    (issuer) => world.iam.findIssuer(account, issuer),
    world.clock.now(),
  );
  const role = world.iam.findRole(parameters.roleArn);
  if (role === undefined || !trustsWebIdentity(role.trust, claims)) {
    throw accessDenied('sts', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
  }
  const session = startSession(world, role, parameters);
  return {
    ...describeSession(session),
    SubjectFromWebIdentityToken: claims.subject,
    Audience: claims.audiences.join(','),
    Provider: `arn:${partition}:iam::${account}:oidc-provider/${claims.issuer.replace('https://', '')}`,
  };
}

/** sts:AssumeRole, by a user or from the session of another role. */
export function assumeRole(world: World, { form }: ApiRequest, caller: Principal): XmlTree {
  const parameters = readAssumeParameters(form);
  const externalId = form.get('ExternalId') ?? undefined;
  if (externalId !== undefined) checkLength('externalId', externalId, 2, 1224);
  const hasTags = form.has('Tags.member.1.Key');
  const role = world.iam.findRole(parameters.roleArn);
  const trust = trustsPrincipal(role?.trust ?? [], caller, { externalId, hasTags });
  const refused = refusedAction(world, caller, parameters.roleArn, trust);
  if (role === undefined || refused !== undefined) {
    const action = refused ?? 'sts:AssumeRole';
    const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${parameters.roleArn}`;
    throw accessDenied('sts', message);
  }
  if (caller.roleArn !== undefined && parameters.durationSeconds > chainedSessionSeconds) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  return describeSession(startSession(world, role, parameters));
}

/** sts:GetCallerIdentity, which needs no permission. */
export function getCallerIdentity(caller: Principal): XmlTree {
  return { Arn: caller.arn, UserId: caller.userId, Account: caller.account };
}

/**
 * The caller's own policy has to allow sts:AssumeRole, but for a role of the same account whose trust policy names the
 * caller itself.
 */
function refusedAction(
  world: World,
  caller: Principal,
  roleArn: string,
  trust: TrustDecision,
): string | undefined {
  if (trust === 'tags-not-allowed') return 'sts:TagSession';
  const own = decide(world.iam.policyOf(caller), 'sts:AssumeRole');
  const sameAccount = parseArn(roleArn)?.account === caller.account;
  const enough = trust === 'trusted' && sameAccount && own !== 'denied';
  return trust !== 'not-trusted' && (enough || own === 'allowed') ? undefined : 'sts:AssumeRole';
}

function startSession(world: World, role: Role, parameters: AssumeParameters): Session {
  if (parameters.durationSeconds > role.maxSessionDurationSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const expiresAt = endOfLife(world, parameters.durationSeconds);
  return world.sessions.issue(role, parameters.roleSessionName, expiresAt);
}

function describeSession(session: Session): XmlTree {
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey.reveal(),
      SessionToken: session.sessionToken.reveal(),
      Expiration: new Date(session.expiresAt).toISOString(),
    },
    AssumedRoleUser: { Arn: session.principal.arn, AssumedRoleId: session.principal.userId },
  };
}
