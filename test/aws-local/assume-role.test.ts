import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  type AssumeRoleCommandInput,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RoleOptions } from '../support/aws/iam.ts';
import {
  account,
  assumeWithToken,
  keysOf,
  roleArn,
  startTestAws,
  stsClient,
  userArn,
  userKeys,
  type Keys,
  type TestAws,
} from './fixture.ts';

let aws: TestAws;
let count = 0;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

/** Adds a role that trusts `arns`, and returns its ARN. */
function roleTrusting(arns: readonly string[], more: object = {}, inAccount = account): string {
  count += 1;
  const arn = `arn:aws:iam::${inAccount}:role/target-${count}`;
  const trust: RoleOptions['trust'] = [{ kind: 'principal', arns, ...more }];
  aws.iam.role({ arn, trust, maxSessionDurationSeconds: 43_200 });
  return arn;
}

async function assume(keys: Keys, arn: string, more: Partial<AssumeRoleCommandInput> = {}): Promise<Keys> {
  const command = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'chained', ...more });
  return keysOf((await stsClient(aws, keys).send(command)).Credentials);
}

const denied = (action: string, arn: string): object => ({
  name: 'AccessDenied',
  message: expect.stringContaining(`is not authorized to perform: ${action} on resource: ${arn}`),
});

describe('AssumeRole', () => {
  it('gives a trusted user the session of a role', async () => {
    const arn = roleTrusting([userArn]);
    const keys = await assume(userKeys, arn);
    const identity = await stsClient(aws, keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${account}:assumed-role/target-${count}/chained`);
  });

  it('refuses a caller that the trust policy does not name, and a role that does not exist', async () => {
    const arn = roleTrusting([`arn:aws:iam::${account}:user/another`]);
    await expect(assume(userKeys, arn)).rejects.toMatchObject(denied('sts:AssumeRole', arn));
    const absent = `arn:aws:iam::${account}:role/absent`;
    await expect(assume(userKeys, absent)).rejects.toMatchObject(denied('sts:AssumeRole', absent));
  });

  it('takes the session of a role for that role', async () => {
    const session = await assumeWithToken(aws);
    await assume(session, roleTrusting([roleArn]));
    await assume(session, roleTrusting([`arn:aws:sts::${account}:assumed-role/puller/*`]));
    const arn = roleTrusting([`arn:aws:sts::${account}:assumed-role/puller/another`]);
    await expect(assume(session, arn)).rejects.toMatchObject(denied('sts:AssumeRole', arn));
  });

  it('wants the external id of the trust policy', async () => {
    const arn = roleTrusting([userArn], { externalId: 'pipeline-42' });
    await assume(userKeys, arn, { ExternalId: 'pipeline-42' });
    await expect(assume(userKeys, arn, { ExternalId: 'pipeline-43' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(assume(userKeys, arn)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('wants sts:TagSession in the trust policy for a call with tags', async () => {
    const Tags = [{ Key: 'team', Value: 'ci' }];
    await assume(userKeys, roleTrusting([userArn], { tagSession: true }), { Tags });
    const arn = roleTrusting([userArn]);
    await expect(assume(userKeys, arn, { Tags })).rejects.toMatchObject(denied('sts:TagSession', arn));
    await assume(userKeys, arn);
  });

  it('wants the policy of the caller to allow it for another account, or for a trusted account as a whole', async () => {
    const foreign = roleTrusting([userArn], {}, '444455556666');
    const root = roleTrusting([`arn:aws:iam::${account}:root`]);
    for (const arn of [foreign, root]) {
      await expect(assume(userKeys, arn)).rejects.toMatchObject(denied('sts:AssumeRole', arn));
    }
    const keys = { accessKeyId: 'AKIAADMIN00000000001', secretAccessKey: 'other' };
    const arn = `arn:aws:iam::${account}:user/admin`;
    aws.iam.user({ arn, ...keys, allow: ['sts:AssumeRole'] });
    await assume(keys, root);
    await assume(keys, roleTrusting([arn], {}, '444455556666'));
  });

  it('limits a chained session to an hour, but not that of a user', async () => {
    const arn = roleTrusting([userArn, roleArn]);
    await assume(userKeys, arn, { DurationSeconds: 43_200 });
    const session = await assumeWithToken(aws);
    await assume(session, arn, { DurationSeconds: 3600 });
    await expect(assume(session, arn, { DurationSeconds: 3601 })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('1 hour session limit for roles assumed by role chaining'),
    });
  });

  it('does not pretend to honour a session policy', async () => {
    await expect(assume(userKeys, roleTrusting([userArn]), { Policy: '{}' })).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });
});
