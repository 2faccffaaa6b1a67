import type { Redacted } from '../base/redacted.ts';
import type { RoleHop } from '../identity/identity.ts';
import type { AwsCallContext } from './errors.ts';

/** Keys that sign requests. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: Redacted<string>;
  sessionToken: Redacted<string> | undefined;
  /** Epoch milliseconds; undefined for the keys of a user. */
  expiresAtMs: number | undefined;
}

/** Answer of the AssumeRole calls. */
export interface AssumedRole {
  credentials: AwsCredentials;
  callerArn: string;
}

/** Who a call is made for, so that a failure can say it. */
export type Caller = Pick<AwsCallContext, 'subject' | 'serviceAccount' | 'source'>;

/** Which ECR API is asked: that of a region, or the one of ECR Public. */
export type EcrApi =
  { kind: 'private'; region: string; fips: boolean; dualStack: boolean } | { kind: 'public' };

/** The calls to AWS that the operator makes. They reject with an AwsFailure. */
export interface AwsApi {
  assumeRoleWithWebIdentity(input: {
    region: string;
    roleArn: string;
    sessionName: string;
    token: Redacted<string>;
    caller: Caller;
  }): Promise<AssumedRole>;
  assumeRole(input: {
    region: string;
    credentials: AwsCredentials;
    hop: RoleHop;
    /** Who holds the credentials; undefined where no call said it. */
    callerArn: string | undefined;
    /** Index of the hop in the chain, from 0. */
    index: number;
    caller: Caller;
  }): Promise<AssumedRole>;
  getCallerIdentity(input: {
    region: string;
    credentials: AwsCredentials;
    caller: Caller;
  }): Promise<{ arn: string }>;
  /** The answer as the SDK gives it: it is parsed strictly by the caller. */
  getAuthorizationToken(input: {
    api: EcrApi;
    credentials: AwsCredentials;
    /** Who holds the credentials; undefined where no call said it. */
    callerArn: string | undefined;
    caller: Caller;
  }): Promise<unknown>;
  /** What the SDK's default chain finds: web identity, Pod Identity, environment, instance profile. */
  operatorCredentials(input: { region: string; caller: Caller }): Promise<AwsCredentials>;
}
