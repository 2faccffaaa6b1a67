import { expect, test } from 'vitest';
import { addRole, createFixture } from './fixture.ts';
import { findSecret, getSecret, logsIn, passwordsIn } from './pull-secrets.ts';
import { createRegistry, notReady, ready, region, type Spec } from './registries.ts';

const f = await createFixture();
await f.startOperator();
const accounts = ['111111111111', '222222222222', '333333333333', '444444444444'] as const;
const mayAssume = ['sts:AssumeRole', 'ecr:GetAuthorizationToken'];

/** A chain through four accounts: the service account's role, then one that asks for an external id, one for tags. */
async function addChain(name: string): Promise<{ root: string; hops: [string, string, string] }> {
  const root = await f.puller(`${name}-0`, { account: accounts[0], allow: mayAssume });
  const roleAfter = (previous: string, step: 1 | 2 | 3, condition: object): string =>
    addRole(f.aws, f.namespace, `${name}-${step}`, {
      account: accounts[step],
      allow: mayAssume,
      trust: [{ kind: 'principal', arns: [previous], ...condition }],
    });
  const first = roleAfter(root, 1, { externalId: 'customer-7' });
  const second = roleAfter(first, 2, { tagSession: true });
  return { root, hops: [first, second, roleAfter(second, 3, {})] };
}

function chainSpec(serviceAccount: string, [first, second, third]: [string, string, string]): Spec {
  return {
    region,
    credentials: {
      serviceAccounts: { account: serviceAccount },
      assumeRoles: [
        { roleArn: first, externalId: 'customer-7', durationSeconds: 900 },
        { roleArn: second, tags: { team: 'payments' }, sessionName: 'from-the-cluster' },
        { roleArn: third },
      ],
    },
  };
}

test('a chain of three roles ends in the account of the last, with external id and session tags', async () => {
  const { root, hops } = await addChain('good');
  await createRegistry(f, 'good', chainSpec('good-0', hops));
  const { status } = await ready(f, 'good');
  expect(status?.identity).toMatchObject({
    level: 'account',
    serviceAccount: 'good-0',
    roleArn: hops[2],
    callerArn: expect.stringMatching(`^arn:aws:sts::${accounts[3]}:assumed-role/good-3/`),
  });
  const calls = f.aws.calls().map(({ operation, roleArn }) => [operation, roleArn]);
  expect(calls).toEqual([
    ['AssumeRoleWithWebIdentity', root],
    ...hops.map((arn) => ['AssumeRole', arn]),
    ['GetAuthorizationToken', hops[2]],
  ]);
  expect(f.aws.calls()[3]?.principalArn).toBe(
    `arn:aws:sts::${accounts[2]}:assumed-role/good-2/from-the-cluster`,
  );
  const secret = await getSecret(f, 'good-ecr');
  expect([...passwordsIn(secret).keys()]).toEqual([`${accounts[3]}.dkr.ecr.${region}.amazonaws.com`]);
  expect(await logsIn(f, secret)).toBe(true);
});

test('a role of the chain that refuses is named with its place, and nothing less is used instead', async () => {
  const { hops } = await addChain('broken');
  const spec = chainSpec('broken-0', hops);
  f.aws.iam.role({ arn: hops[1], trust: [{ kind: 'principal', arns: ['arn:aws:iam::999999999999:root'] }] });
  f.aws.resetCalls();
  await createRegistry(f, 'broken', spec);
  const message = await notReady(f, 'broken', 'AssumeRoleDenied');
  expect(message).toContain(`sts:AssumeRole for service account ${f.namespace}/broken-0 as ${hops[1]}`);
  expect(message).toContain('assumeRoles[1]');
  expect(message).toMatch(/code AccessDenied, request [\w-]{36}/);
  expect(await findSecret(f, 'broken-ecr')).toBeUndefined();
  expect(f.aws.countCalls({ service: 'ecr' })).toBe(0);
});

test('an external id that is not the one of the trust policy is refused at its place', async () => {
  const { hops } = await addChain('external');
  f.aws.iam.role({
    arn: hops[0],
    trust: [{ kind: 'principal', arns: ['*'], externalId: 'another' }],
  });
  await createRegistry(f, 'external', chainSpec('external-0', hops));
  const message = await notReady(f, 'external', 'AssumeRoleDenied');
  expect(message).toContain('assumeRoles[0]');
  expect(message).toContain('sts:ExternalId');
});

test('a role that does not let itself be tagged refuses the session tags of its place', async () => {
  const { hops } = await addChain('tagged');
  f.aws.iam.role({ arn: hops[1], trust: [{ kind: 'principal', arns: [hops[0]] }] });
  await createRegistry(f, 'tagged', chainSpec('tagged-0', hops));
  expect(await notReady(f, 'tagged', 'TagSessionDenied')).toContain('assumeRoles[1]');
});
