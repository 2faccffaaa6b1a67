import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { EcrRegistry } from '../../src/api/ecr-registry.ts';
import {
  account,
  assumeWithToken,
  type Keys,
  keysOf,
  startTestAws,
  stsClient,
  type TestAws,
  trustOfPuller,
} from '../aws-local/fixture.ts';
import { blockNamed } from './documents.ts';
import { allowOf, policyNamed, trustOf } from './local-iam.ts';

const caller = `arn:aws:iam::${account}:role/ecr-puller`;
const [hop] =
  (parse(blockNamed('registry-chain.yaml').text) as EcrRegistry).spec.credentials.assumeRoles ?? [];

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.iam.role({ arn: caller, trust: [trustOfPuller], allow: allowOf('pull.json', 'may-assume.json') });
  aws.iam.role({ arn: hop?.roleArn ?? '', trust: trustOf(policyNamed('trust-chain.json')) });
});

/** Assumes the role of registry-chain.yaml as the documents tell, with changes. */
async function assume(change: Partial<AssumeRoleCommandInput> = {}, arn = caller): Promise<Keys> {
  const session = await assumeWithToken(aws, { roleArn: arn });
  const command = new AssumeRoleCommand({
    RoleArn: hop?.roleArn,
    RoleSessionName: hop?.sessionName,
    ExternalId: hop?.externalId,
    DurationSeconds: hop?.durationSeconds,
    Tags: Object.entries(hop?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    ...change,
  });
  return keysOf((await stsClient(aws, session).send(command)).Credentials);
}

const refused = { name: 'AccessDenied' };

describe('the documented role chain', () => {
  it('works with its external id, duration and tags, and shows the documented session ARN', async () => {
    const identity = await stsClient(aws, await assume()).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe('arn:aws:sts::444455556666:assumed-role/ecr-push/ci-releases');
  });

  it('is refused with another external id, and without one', async () => {
    await expect(assume({ ExternalId: 'pipeline-43' })).rejects.toMatchObject(refused);
    await expect(assume({ ExternalId: undefined })).rejects.toMatchObject(refused);
  });

  it('is refused to another role', async () => {
    const other = `arn:aws:iam::${account}:role/other`;
    aws.iam.role({ arn: other, trust: [trustOfPuller], allow: allowOf('may-assume.json') });
    await expect(assume({}, other)).rejects.toMatchObject(refused);
  });

  it('needs may-assume.json at the caller', async () => {
    aws.iam.role({ arn: caller, trust: [trustOfPuller], allow: allowOf('pull.json') });
    await expect(assume()).rejects.toMatchObject(refused);
  });

  it('needs the statement with sts:TagSession for tags, and only for them', async () => {
    const [assumeOnly] = trustOf(policyNamed('trust-chain.json'));
    if (assumeOnly?.kind !== 'principal') throw new Error('trust-chain.json names no principal');
    aws.iam.role({ arn: hop?.roleArn ?? '', trust: [{ ...assumeOnly, tagSession: false }] });
    await expect(assume()).rejects.toThrow(/sts:TagSession/);
    await assume({ Tags: undefined });
  });
});

it('a tenant role lets the operator role in, with the tags of Pod Identity', async () => {
  const operator = `arn:aws:iam::${account}:role/ecr-operator`;
  const tenant = `arn:aws:iam::${account}:role/ecr-tenant-a`;
  aws.iam.role({ arn: operator, trust: [trustOfPuller], allow: allowOf('may-assume-tenants.json') });
  aws.iam.role({ arn: tenant, trust: trustOf(policyNamed('trust-tenant.json')) });
  const Tags = [{ Key: 'eks-cluster-name', Value: 'my-cluster' }];
  const change = { RoleArn: tenant, ExternalId: undefined, Tags };
  await assume(change, operator);
  await expect(assume(change, caller)).rejects.toMatchObject(refused);
});
