import { type AuthorizationToken, parseAuthorizationData } from '../aws/authorization-token.ts';
import { callerOf, type Session } from '../aws/session.ts';
import { tokenKey, type TokenRequest } from '../aws/token-source.ts';
import { formatTime } from '../secrets/token-records.ts';
import type { ReadyLeg } from './plan.ts';
import { type Door, tryRepository } from './repository-stages.ts';
import { subjectOf } from './subject.ts';
import type { Run } from './verifier.ts';

/** Asks for the tokens of a leg, logs in with them, and tries the repositories. */
export async function verifyLogins(leg: ReadyLeg, session: Session, run: Run): Promise<void> {
  const doors: Door[] = [];
  try {
    for (const { request, hostsFor } of leg.logins) {
      const token = await authorize(leg, request, session, run);
      for (const host of hostsFor(token.accountId)) {
        doors.push(await logIn(leg, host, { token, key: tokenKey(request) }, run));
      }
    }
    for (const repository of leg.repositories) await tryRepository(leg, repository, doors, run.log);
  } finally {
    // A stage that was given up may still have an upload to cancel.
    void run.log.idle().then(() => doors.forEach(({ client }) => client.close()));
  }
}

function authorize(
  leg: ReadyLeg,
  request: TokenRequest,
  { credentials, callerArn }: Session,
  { deps, calls, log }: Run,
): Promise<AuthorizationToken> {
  const { api } = request;
  const subject = subjectOf(leg, api.kind === 'public' ? 'ECR Public' : api.region);
  return log.run('AuthorizationToken', subject, async () => {
    const token = await calls.run(`ecr ${tokenKey(request)}`, async () => {
      const askedAtMs = deps.clock.now();
      const caller = {
        ...callerOf(leg.identity),
        ...(callerArn === undefined ? {} : { subject: callerArn }),
      };
      const answer = await deps.api.getAuthorizationToken({ api, credentials, callerArn, caller });
      return parseAuthorizationData(answer, askedAtMs);
    });
    const until = formatTime(token.expiresAtMs);
    return { value: token, message: `ECR gave an authorization token that is good until ${until}` };
  });
}

function logIn(
  leg: ReadyLeg,
  host: string,
  { token, key }: { token: AuthorizationToken; key: string },
  { deps, calls, log }: Run,
): Promise<Door> {
  return log.run('RegistryPing', subjectOf(leg, host), async () => {
    const client = deps.connect(host, token);
    try {
      await calls.run(`ping ${host} ${key}`, () => client.ping());
    } catch (error) {
      client.close();
      throw error;
    }
    return { value: { host, client }, message: 'the registry takes the login' };
  });
}
