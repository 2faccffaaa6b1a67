import type { AwsCredentials } from '../aws/api.ts';
import { callerOf, type Session } from '../aws/session.ts';
import { describeRoot, type Identity, identityKey, type IdentityRoot } from '../identity/identity.ts';
import type { ReadyLeg } from './plan.ts';
import type { StageOutcome } from './stage-log.ts';
import { subjectOf } from './subject.ts';
import type { Run } from './verifier.ts';

/** Becomes the identity of a leg, step by step: every step is a stage, none is taken from a cache. */
export async function openIdentity(leg: ReadyLeg, run: Run): Promise<Session> {
  const { root } = leg.identity;
  const session =
    root.source === 'ServiceAccount' ? await assumeOwnRole(leg, root, run) : await useKeys(leg, root, run);
  return assumeFurtherRoles(leg, session, run);
}

/** From the service account to the role that it names, and who that makes the caller. */
async function assumeOwnRole(
  leg: ReadyLeg,
  root: Extract<IdentityRoot, { source: 'ServiceAccount' }>,
  { deps, calls, log }: Run,
): Promise<Session> {
  const { namespace, serviceAccount, roleArn } = root;
  const { sessionName, stsRegion: region } = leg.identity;
  await log.run('ServiceAccount', subjectOf(leg, `${namespace}/${serviceAccount}`), () => ({
    value: undefined,
    message: `${describeRoot(root)}${leg.level === undefined ? '' : ` of level ${leg.level}`} wins and names ${roleArn}`,
  }));
  const token = await log.run('WebIdentityToken', subjectOf(leg), async () => ({
    value: await calls.run(`token ${namespace}/${serviceAccount}`, () =>
      deps.mintWebIdentityToken(namespace, serviceAccount),
    ),
    message: `the API server issued a token of ${describeRoot(root)} for AWS`,
  }));
  return log.run('AssumeRole', subjectOf(leg, roleArn), async () => {
    const caller = callerOf(leg.identity);
    const session = await calls.run(stepKey(leg.identity, 0), () =>
      deps.api.assumeRoleWithWebIdentity({ region, roleArn, sessionName, token, caller }),
    );
    return assumed(session);
  });
}

/** From keys, or what the environment of the operator gives, to who that makes the caller. */
async function useKeys(
  leg: ReadyLeg,
  root: Exclude<IdentityRoot, { source: 'ServiceAccount' }>,
  { deps, calls, log }: Run,
): Promise<Session> {
  const { identity } = leg;
  const region = identity.stsRegion;
  const caller = callerOf(identity);
  const readKeys = (): Promise<AwsCredentials> =>
    root.source === 'AccessKey'
      ? deps.readAccessKey(root.namespace, root.secretName)
      : deps.api.operatorCredentials({ region, caller });
  return log.run('CallerIdentity', subjectOf(leg), async () => {
    const session = await calls.run(stepKey(identity, 0), async (): Promise<Session> => {
      const credentials = await readKeys();
      const { arn } = await deps.api.getCallerIdentity({ region, credentials, caller });
      return { credentials, callerArn: arn };
    });
    return known(session);
  });
}

async function assumeFurtherRoles(
  leg: ReadyLeg,
  first: Session,
  { deps, calls, log }: Run,
): Promise<Session> {
  const { identity } = leg;
  let session = first;
  for (const [index, hop] of identity.hops.entries()) {
    session = await log.run('AssumeRole', subjectOf(leg, hop.roleArn), async () => {
      const { credentials, callerArn } = session;
      const input = { region: identity.stsRegion, credentials, callerArn, hop, index };
      return assumed(
        await calls.run(stepKey(identity, index + 1), () =>
          deps.api.assumeRole({ ...input, caller: callerOf(identity) }),
        ),
      );
    });
  }
  // Keys were asked for their name at the beginning; a role has told it with the session.
  if (identity.root.source !== 'ServiceAccount') return session;
  return log.run('CallerIdentity', subjectOf(leg), () => known(session));
}

/** The same for identities that are the same up to this role, so that they share it. */
function stepKey(identity: Identity, hops: number): string {
  return `session ${identityKey({ ...identity, hops: identity.hops.slice(0, hops) })}`;
}

function assumed(session: Session): StageOutcome<Session> {
  return { value: session, message: `the role was assumed as session ${sessionIn(session)}` };
}

function known(session: Session): StageOutcome<Session> {
  return { value: session, message: `AWS calls the caller ${session.callerArn ?? 'by no name'}` };
}

function sessionIn({ callerArn }: Session): string {
  return callerArn?.split('/').at(-1) ?? 'without a name';
}
