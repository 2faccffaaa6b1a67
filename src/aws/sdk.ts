import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import {
  ECRPUBLICClient,
  GetAuthorizationTokenCommand as GetPublicAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr-public';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import { memoize } from '../base/memoize.ts';
import { Redacted } from '../base/redacted.ts';
import type { AssumedRole, AwsApi, AwsCredentials, EcrApi } from './api.ts';
import { createRetryStrategy } from './sdk-retry.ts';
import { type AwsCallContext, classifyAwsError } from './errors.ts';

/** Told of every call: `code` is `OK` or the error code. */
export type AwsCallObserver = (call: {
  operation: string;
  region: string;
  code: string;
  seconds: number;
}) => void;

/** The one region where the API of ECR Public is. */
const publicEcrRegion = 'us-east-1';

/**
 * AwsApi over the AWS SDK. Endpoints follow the SDK's own settings (AWS_ENDPOINT_URL_STS, AWS_USE_FIPS_ENDPOINT, ...).
 * All clients share the sockets of one HTTP handler.
 */
export function createAwsApi(observe: AwsCallObserver = () => {}): AwsApi {
  const common = { ...commonConfig, requestHandler: sharedHandler() };
  const sts = (region: string, credentials?: AwsCredentials): STSClient =>
    new STSClient({ ...common, region, ...withCredentials(credentials) });
  // Without keys of anybody's, one client serves all identities: making one takes longer than a call does.
  const unsignedSts = memoize(64, (region: string) => sts(region, unsigned));

  async function call<T>(context: AwsCallContext, send: () => Promise<T>): Promise<T> {
    const { operation, region } = context;
    const started = performance.now();
    const done = (code: string): void =>
      observe({ operation, region, code, seconds: (performance.now() - started) / 1000 });
    try {
      const answer = await send();
      done('OK');
      return answer;
    } catch (error) {
      const failure = classifyAwsError(error, context);
      done(failure.code);
      throw failure;
    }
  }

  return {
    assumeRoleWithWebIdentity: ({ region, roleArn, sessionName, token, caller }) =>
      call(
        { ...caller, operation: 'sts:AssumeRoleWithWebIdentity', region, roleArn, freshToken: true },
        async () => {
          const command = new AssumeRoleWithWebIdentityCommand({
            RoleArn: roleArn,
            RoleSessionName: sessionName,
            WebIdentityToken: token.reveal(),
          });
          return assumedRole(await unsignedSts(region).send(command));
        },
      ),

    assumeRole: ({ region, credentials, hop, index, caller }) =>
      call({ ...caller, operation: 'sts:AssumeRole', region, roleArn: hop.roleArn, hop: index }, async () => {
        const command = new AssumeRoleCommand({
          RoleArn: hop.roleArn,
          RoleSessionName: hop.sessionName,
          ExternalId: hop.externalId,
          DurationSeconds: hop.durationSeconds,
          Tags: hop.tags && Object.entries(hop.tags).map(([Key, Value]) => ({ Key, Value })),
        });
        return assumedRole(await sts(region, credentials).send(command));
      }),

    getCallerIdentity: ({ region, credentials, caller }) =>
      call({ ...caller, operation: 'sts:GetCallerIdentity', region }, async () => {
        const answer = await sts(region, credentials).send(new GetCallerIdentityCommand({}));
        return { arn: answer.Arn ?? '' };
      }),

    getAuthorizationToken: ({ api, credentials, caller }) =>
      call({ ...caller, ...ecrContext(api) }, () =>
        askEcr(api, { ...common, ...withCredentials(credentials) }),
      ),

    operatorCredentials: ({ region, caller }) =>
      call({ ...caller, operation: 'sdk:DefaultCredentials', region }, async () => {
        const keys = await sts(region).config.credentials();
        return {
          accessKeyId: keys.accessKeyId,
          secretAccessKey: new Redacted(keys.secretAccessKey),
          sessionToken: keys.sessionToken === undefined ? undefined : new Redacted(keys.sessionToken),
          expiresAtMs: keys.expiration?.getTime(),
        };
      }),
  };
}

type ClientConfig = typeof commonConfig & { requestHandler: NonNullable<STSClientConfig['requestHandler']> };

const commonConfig = { retryStrategy: createRetryStrategy(Math.random) };

/** AssumeRoleWithWebIdentity is not signed; without these the SDK would search its default chain for keys. */
const unsigned: AwsCredentials = {
  accessKeyId: 'unsigned',
  secretAccessKey: new Redacted('unsigned'),
  sessionToken: undefined,
  expiresAtMs: undefined,
};

function sharedHandler(): NonNullable<STSClientConfig['requestHandler']> {
  const config = {
    connectionTimeout: 5_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: 64 },
    httpsAgent: { keepAlive: true, maxSockets: 64 },
  };
  return new STSClient({ region: publicEcrRegion, requestHandler: config }).config.requestHandler;
}

function withCredentials(credentials: AwsCredentials | undefined): {
  credentials?: NonNullable<STSClientConfig['credentials']>;
} {
  if (credentials === undefined) return {};
  return {
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken.reveal() }),
    },
  };
}

function ecrContext(api: EcrApi): { operation: string; region: string } {
  return api.kind === 'public'
    ? { operation: 'ecr-public:GetAuthorizationToken', region: publicEcrRegion }
    : { operation: 'ecr:GetAuthorizationToken', region: api.region };
}

function askEcr(api: EcrApi, config: ClientConfig): Promise<unknown> {
  if (api.kind === 'public') {
    const client = new ECRPUBLICClient({ ...config, region: publicEcrRegion });
    return client.send(new GetPublicAuthorizationTokenCommand({}));
  }
  const endpoint = {
    ...(api.fips ? { useFipsEndpoint: true } : {}),
    ...(api.dualStack ? { useDualstackEndpoint: true } : {}),
  };
  const client = new ECRClient({ ...config, ...endpoint, region: api.region });
  return client.send(new GetAuthorizationTokenCommand({}));
}

function assumedRole(answer: {
  Credentials?: Credentials | undefined;
  AssumedRoleUser?: { Arn?: string | undefined } | undefined;
}): AssumedRole {
  const { Credentials: keys, AssumedRoleUser: user } = answer;
  if (keys?.AccessKeyId === undefined || keys.SecretAccessKey === undefined) {
    throw new Error('the answer of STS has no credentials');
  }
  return {
    callerArn: user?.Arn ?? '',
    credentials: {
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: new Redacted(keys.SecretAccessKey),
      sessionToken: keys.SessionToken === undefined ? undefined : new Redacted(keys.SessionToken),
      expiresAtMs: keys.Expiration?.getTime(),
    },
  };
}
