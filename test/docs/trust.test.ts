import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assumeWithToken, startTestAws, type TestAws } from '../aws-local/fixture.ts';
import { blocks } from './documents.ts';
import { Policy } from './iam-policy.ts';
import { issuerOf, trustOf } from './local-iam.ts';

const roleArn = 'arn:aws:iam::111122223333:role/documented';
const otherAudience = 'vault.example.com';

/** Every trust policy of the documents that is for service accounts. */
const policies = blocks('json')
  .filter(({ text }) => text.includes('AssumeRoleWithWebIdentity'))
  .map((block) => ({ ...block, policy: Policy.parse(JSON.parse(block.text)) }));

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

/** Trades a token of a subject for a session, with the role trusting as documented. */
function assumeAs(policy: Policy, sub: string, claims: object = {}): Promise<unknown> {
  const iss = issuerOf(policy);
  const clientIds = ['sts.amazonaws.com', otherAudience];
  for (const issuer of [iss, 'https://another.test']) aws.iam.oidcProvider(issuer, { clientIds });
  aws.iam.role({ arn: roleArn, trust: trustOf(policy) });
  return assumeWithToken(aws, { roleArn, token: aws.signer.token({ iss, sub, ...claims }) });
}

const subjectsOf = (policy: Policy): string[] =>
  trustOf(policy).flatMap((statement) => (statement.kind === 'web-identity' ? statement.subjects : []));

const refused = { name: 'AccessDenied' };

describe.each(policies)('the trust policy $where', ({ policy }) => {
  const subjects = subjectsOf(policy);
  const [subject = ''] = subjects.map((pattern) => pattern.replace('*', 'whoever'));

  it('lets in each service account that it names', async () => {
    expect(subjects).not.toEqual([]);
    for (const pattern of subjects) await assumeAs(policy, pattern.replace('*', 'whoever'));
  });

  it('refuses the same name in another namespace, also in one that begins alike', async () => {
    const [, , namespace, name] = subject.split(':');
    for (const other of ['elsewhere', `${namespace}-2`]) {
      const sub = `system:serviceaccount:${other}:${name}`;
      await expect(assumeAs(policy, sub), sub).rejects.toMatchObject(refused);
    }
  });

  it('refuses a token for another audience, and that of another cluster', async () => {
    await expect(assumeAs(policy, subject, { aud: otherAudience })).rejects.toMatchObject(refused);
    const iss = 'https://another.test';
    await expect(assumeAs(policy, subject, { iss })).rejects.toMatchObject(refused);
  });
});

const exact = policies.filter(({ policy }) => !subjectsOf(policy).some((pattern) => pattern.includes('*')));

it.each(exact)('the trust policy $where refuses another name', async ({ policy }) => {
  const [subject = ''] = subjectsOf(policy);
  await assumeAs(policy, subject);
  await expect(assumeAs(policy, `${subject}-2`)).rejects.toMatchObject(refused);
});

it('the documents have a trust policy for one name, for several, and for a namespace', () => {
  const counts = policies.map(({ policy }) => subjectsOf(policy));
  expect(counts.some((subjects) => subjects.length > 1)).toBe(true);
  expect(counts.flat().some((pattern) => pattern.endsWith(':*'))).toBe(true);
  expect(policies.map(({ name }) => name)).toContain('trust-account.json');
});
