import { describe, expect, it } from 'vitest';
import { decide, type Decision } from '../../../src/controllers/ecr-registry/decide.ts';
import type { World } from '../../../src/controllers/ecr-registry/world.ts';
import { now, registry, role, world } from './fixtures.ts';

type Proceed = Extract<Decision, { kind: 'proceed' }>;

function proceed(w: World): Proceed {
  const decision = decide(w, now);
  if (decision.kind !== 'proceed') throw new Error(JSON.stringify(decision));
  return decision;
}

const hosts = ({ desired }: Proceed, caller?: string): string[] =>
  desired.tokens.flatMap((token) => token.hostsFor(caller));

const winner = (change: Partial<NonNullable<World['winner']>>): World['winner'] => ({
  level: 'trigger',
  name: 'puller',
  exists: true,
  role: undefined,
  ...change,
});

describe('decide', () => {
  it.each<[string, World, string, RegExp]>([
    [
      'no level names a service account',
      world({ winner: undefined }),
      'NoServiceAccount',
      /serviceAccounts\.account.*--runtime-service-account/,
    ],
    [
      'the winner does not exist',
      world({ winner: winner({ exists: false }) }),
      'ServiceAccountNotFound',
      /ci\/puller of level trigger does not exist: create it/,
    ],
    [
      'the winner has no role',
      world({ winner: winner({}) }),
      'NoRole',
      /ci\/puller of level trigger.*annotate it with eks\.amazonaws\.com\/role-arn/,
    ],
    [
      'the role is no role ARN',
      world({
        winner: winner({
          role: { annotation: 'eks.amazonaws.com/role-arn', roleArn: 'arn:aws:iam::1:user/x' },
        }),
      }),
      'InvalidRole',
      /annotation eks\.amazonaws\.com\/role-arn of service account ci\/puller.*no IAM role ARN/,
    ],
    ['it is suspended', world({ registry: registry({ suspend: true }) }), 'Suspended', /spec\.suspend/],
    [
      'the key Secret is missing',
      world({
        registry: registry({ credentials: { source: 'AccessKey', accessKey: { secretName: 'user' } } }),
        accessKey: { secretName: 'user', version: undefined },
      }),
      'AccessKeyNotFound',
      /Secret ci\/user of spec\.credentials\.accessKey\.secretName does not exist: create it/,
    ],
    [
      "the operator's identity is not allowed",
      world({ registry: registry({ credentials: { source: 'Operator' } }) }),
      'OperatorIdentityNotAllowed',
      /--allow-operator-identity/,
    ],
    [
      'a region is unknown',
      world({ registry: registry({ region: 'moon-base-1' }) }),
      'InvalidRegistry',
      /moon-base-1/,
    ],
    [
      'a host form does not exist there',
      world({ registry: registry({ registries: [{ accountId: '111122223333', endpoints: ['FIPS'] }] }) }),
      'InvalidRegistry',
      /eu-west-1.*FIPS/,
    ],
  ])('stalls when %s, and says what to do', (_what, w, reason, message) => {
    const decision = decide(w, now);
    expect(decision.kind).toBe('stalled');
    if (decision.kind !== 'stalled') return;
    expect(decision.stall.reason).toBe(reason);
    expect(decision.stall.message).toMatch(message);
  });

  it("logs in to the role's own account when no registry is listed", () => {
    expect(hosts(proceed(world()))).toEqual(['111122223333.dkr.ecr.eu-west-1.amazonaws.com']);
  });

  it('waits for AWS to tell the account of an access key', () => {
    const keys = world({
      registry: registry({ credentials: { source: 'AccessKey', accessKey: { secretName: 'user' } } }),
      accessKey: { secretName: 'user', version: '7' },
    });
    expect(hosts(proceed(keys))).toEqual([]);
    expect(hosts(proceed(keys), '444455556666')).toEqual(['444455556666.dkr.ecr.eu-west-1.amazonaws.com']);
  });

  it('asks for one token per region, whatever the number of accounts', () => {
    const accounts = ['111122223333', '444455556666', '777788889999'];
    const registries = accounts.flatMap((accountId) => [
      { accountId, endpoints: ['Standard' as const] },
      { accountId, region: 'us-east-1', endpoints: ['Standard' as const, 'DualStack' as const] },
    ]);
    const decision = proceed(world({ registry: registry({ registries }) }));
    expect([...decision.requests.keys()]).toEqual(['eu-west-1', 'us-east-1']);
    expect(hosts(decision)).toHaveLength(9);
  });

  it('adds the hosts of ECR Public', () => {
    const decision = proceed(world({ registry: registry({ public: true }) }));
    expect(hosts(decision)).toContain('public.ecr.aws');
    expect(decision.requests.get('public')?.api).toEqual({ kind: 'public' });
  });

  it('asks the FIPS API when a FIPS host is wanted, and the dual-stack API when no other is', () => {
    const api = (endpoints: ('Standard' | 'FIPS' | 'DualStack' | 'FIPSDualStack')[]) => {
      const registries = [{ accountId: '111122223333', region: 'us-east-1', endpoints }];
      return proceed(world({ registry: registry({ registries }) })).requests.get('us-east-1')?.api;
    };
    expect(api(['Standard'])).toMatchObject({ fips: false, dualStack: false });
    expect(api(['Standard', 'FIPS'])).toMatchObject({ fips: true, dualStack: false });
    expect(api(['DualStack'])).toMatchObject({ fips: false, dualStack: true });
    expect(api(['FIPSDualStack'])).toMatchObject({ fips: true, dualStack: true });
  });

  it('names sessions after the service account, so that registries share them', () => {
    const one = proceed(world({ registry: registry({}, { name: 'one', uid: 'u1' }) }));
    const two = proceed(world({ registry: registry({}, { name: 'two', uid: 'u2' }) }));
    expect(one.desired.tokens[0]?.tokenKey).toBe(two.desired.tokens[0]?.tokenKey);
    expect(one.identity.sessionName).toMatch(/^ecr-operator-ci-puller/);
  });

  it('changes the hash of a token when the role changes', () => {
    const other = { annotation: 'eks.amazonaws.com/role-arn', roleArn: `${role}-2` };
    const before = proceed(world()).desired.tokens[0];
    const after = proceed(world({ winner: winner({ level: 'account', role: other }) })).desired.tokens[0];
    expect(after?.hash).not.toBe(before?.hash);
  });

  it('takes a refresh request from its time on, and ignores one that is no time', () => {
    const asked = (text: string) =>
      proceed(
        world({ registry: registry({}, { annotations: { 'ecr-operator.dev/refresh-requested-at': text } }) }),
      ).freshness.notBeforeMs;
    expect(asked(new Date(now - 1000).toISOString())).toBe(now - 1000);
    expect(asked(new Date(now + 1000).toISOString())).toBe(0);
    expect(asked('soon')).toBe(0);
  });
});
