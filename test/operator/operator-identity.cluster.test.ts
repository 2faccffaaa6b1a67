import { expect, test } from 'vitest';
import { account, createFixture } from './fixture.ts';
import { findSecret, getSecret, logsIn } from './pull-secrets.ts';
import { createRegistry, notReady, patchSpec, ready, region, type Spec } from './registries.ts';

const f = await createFixture();
const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const userArn = `arn:aws:iam::${account}:user/operator`;
f.aws.iam.user({ arn: userArn, ...keys });
const env = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
const credentials = { source: 'Operator' as const, serviceAccounts: { account: 'puller' } };
const asOperator: Spec = { region, credentials };
await f.puller('puller');

test("the operator's own identity is refused where its flag is not set, though it has one", async () => {
  const operator = await f.startOperator([], env);
  await createRegistry(f, 'refused', asOperator);
  const message = await notReady(f, 'refused', 'OperatorIdentityNotAllowed');
  expect(message).toContain('spec.credentials.source Operator');
  expect(message).toContain('--allow-operator-identity');
  expect(await findSecret(f, 'refused-ecr')).toBeUndefined();
  expect(f.aws.calls()).toEqual([]);
  await operator.stop();
});

test("with its flag the operator's own identity is used, and a service account that is named is not", async () => {
  const operator = await f.startOperator(['--allow-operator-identity'], env);
  const { status } = await ready(f, 'refused');
  expect(status?.identity).toEqual({ callerArn: userArn });
  expect(await logsIn(f, await getSecret(f, 'refused-ecr'))).toBe(true);
  expect(f.aws.countCalls({ operation: 'AssumeRoleWithWebIdentity' })).toBe(0);
  const hop = `arn:aws:iam::${account}:role/from-operator`;
  f.aws.iam.role({ arn: hop, trust: [{ kind: 'principal', arns: [userArn] }] });
  await patchSpec(f, 'refused', { credentials: { assumeRoles: [{ roleArn: hop }] } });
  expect((await ready(f, 'refused')).status?.identity).toMatchObject({ roleArn: hop });
  await operator.stop();
});

test('an operator that has no identity says how to give it one', async () => {
  await f.startOperator(['--allow-operator-identity']);
  await createRegistry(f, 'without', asOperator);
  const message = await notReady(f, 'without', 'NoOperatorCredentials');
  expect(message).toContain('Give the operator an identity');
});
