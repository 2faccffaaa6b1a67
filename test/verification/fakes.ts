import type { AwsApi } from '../../src/aws/api.ts';
import { Redacted } from '../../src/base/redacted.ts';
import type { OciClient } from '../../src/oci/client.ts';
import type { ReadyLeg } from '../../src/verification/plan.ts';
import type { VerifierDeps } from '../../src/verification/verifier.ts';
import type { ManualClock } from '../support/manual-clock.ts';

export const host = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';
const hour = 3_600_000;

/** Everything that a verification asks, answering well; `said` is what was asked, in order. */
export function fakeWorld(
  clock: ManualClock,
  change: { api?: Partial<AwsApi>; oci?: Partial<OciClient> } = {},
): { deps: VerifierDeps; said: string[] } {
  const said: string[] = [];
  const keys = (id: string) => ({
    accessKeyId: id,
    secretAccessKey: new Redacted('secret'),
    sessionToken: undefined,
    expiresAtMs: clock.now() + hour,
  });
  const answer = <T>(what: string, value: T): Promise<T> => {
    said.push(what);
    return Promise.resolve(value);
  };
  const api: AwsApi = {
    assumeRoleWithWebIdentity: ({ roleArn }) =>
      answer(`assume ${roleArn}`, { credentials: keys(roleArn), callerArn: `${roleArn}/session` }),
    assumeRole: ({ hop: { roleArn } }) =>
      answer(`assume ${roleArn}`, { credentials: keys(roleArn), callerArn: `${roleArn}/session` }),
    getCallerIdentity: () => answer('who am I', { arn: 'arn:aws:iam::111122223333:user/ci' }),
    getAuthorizationToken: () =>
      answer('token', {
        authorizationData: [
          {
            authorizationToken: Buffer.from('AWS:password').toString('base64'),
            expiresAt: new Date(clock.now() + 12 * hour),
            proxyEndpoint: `https://${host}`,
          },
        ],
      }),
    operatorCredentials: () => answer('own keys', keys('operator')),
    ...change.api,
  };
  const oci = (): OciClient => ({
    ping: () => answer('ping', undefined),
    headManifest: () => answer('head', { mediaType: undefined, digest: undefined, size: undefined }),
    listTags: () => answer('tags', { tags: [], last: undefined }),
    hasBlob: () => answer('blob', false),
    startUpload: () => answer('upload', { cancel: () => answer('cancel', 'cancelled' as const) }),
    close: () => void said.push('close'),
    ...change.oci,
  });
  const deps: VerifierDeps = {
    clock,
    api,
    random: () => 0,
    mintWebIdentityToken: () => answer('mint', new Redacted('jwt')),
    readAccessKey: () => answer('read keys', keys('user')),
    connect: () => oci(),
  };
  return { deps, said };
}

const roleArn = 'arn:aws:iam::111122223333:role/puller';

/** A leg whose service account is `ci/puller`. */
export function leg(change: Partial<ReadyLeg> = {}): ReadyLeg {
  const root = { source: 'ServiceAccount' as const, namespace: 'ci', serviceAccount: 'puller', roleArn };
  const identity = { root, sessionName: 'session', hops: [], stsRegion: 'eu-west-1' };
  const api = { kind: 'private' as const, region: 'eu-west-1', fips: false, dualStack: false };
  return {
    kind: 'ready',
    subject: undefined,
    identity,
    level: 'account',
    logins: [{ request: { identity, api }, hostsFor: () => [host] }],
    repositories: [],
    ...change,
  };
}
