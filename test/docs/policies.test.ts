import { describe, expect, it } from 'vitest';
import { type Block, blocks } from './documents.ts';
import { knownActions } from './iam-actions.ts';
import { conditionsOf, kindOf, Policy, type PolicyKind, type Statement } from './iam-policy.ts';

const json = blocks('json');
const policies = json
  .filter(({ text }) => /"Statement"/.test(text))
  .map((block) => ({ ...block, policy: Policy.parse(JSON.parse(block.text)) }));

type Case = Block & { readonly statement: Statement };

function statements(kind: PolicyKind): Case[] {
  return policies.flatMap(({ policy, ...block }) =>
    policy.Statement.filter((statement) => kindOf(statement) === kind).map((statement) => ({
      ...block,
      statement,
    })),
  );
}

/** Actions that are about no resource: AWS knows them on `*` only. */
const loginActions = ['ecr:GetAuthorizationToken', 'ecr-public:GetAuthorizationToken'];
const onEverything = [...loginActions, 'sts:GetServiceBearerToken'];

it('every JSON block parses', () => {
  for (const { where, text } of json) expect(() => JSON.parse(text) as unknown, where).not.toThrow();
});

describe.each(policies)('the policy $where', ({ policy }) => {
  it('names actions that exist', () => {
    const actions = policy.Statement.flatMap((statement) => statement.Action);
    expect(actions.filter((action) => !knownActions.has(action))).toEqual([]);
  });

  it('is of one kind', () => {
    expect(new Set(policy.Statement.map(kindOf)).size).toBe(1);
  });
});

it('there are policies of each kind', () => {
  for (const kind of ['identity', 'repository', 'trust'] as const) {
    expect(statements(kind).length, kind).toBeGreaterThan(1);
  }
});

it.each(statements('identity'))('$where allows logins on * alone', ({ statement }) => {
  const login = statement.Action.filter((action) => onEverything.includes(action));
  expect(statement.Resource).toBeDefined();
  if (login.length > 0) expect(statement.Resource).toEqual(['*']);
  else expect(statement.Resource).not.toContain('*');
});

it.each(statements('repository'))('$where names no resource and promises no login', ({ statement }) => {
  expect(statement.Resource).toBeUndefined();
  expect(statement.Action.filter((action) => onEverything.includes(action))).toEqual([]);
  expect(statement.Principal?.AWS).toHaveLength(1);
});

describe('a trust policy', () => {
  const trusts = statements('trust');
  const webIdentity = trusts.filter(({ statement }) => statement.Principal?.Federated !== undefined);

  it.each(webIdentity)('for a cluster ($where) asks for its sub and its aud', ({ statement }) => {
    const provider = statement.Principal?.Federated?.[0]?.split(':oidc-provider/')[1] ?? 'none';
    expect(statement.Action).toEqual(['sts:AssumeRoleWithWebIdentity']);
    const keys = conditionsOf(statement).map(({ key }) => key);
    expect(keys.toSorted()).toEqual([`${provider}:aud`, `${provider}:sub`]);
    const audience = conditionsOf(statement).find(({ key }) => key.endsWith(':aud'));
    expect(audience).toMatchObject({ operator: 'StringEquals', values: ['sts.amazonaws.com'] });
  });

  it.each(webIdentity)('writes a * in a sub ($where) only with StringLike', ({ statement }) => {
    const sub = conditionsOf(statement).find(({ key }) => key.endsWith(':sub'));
    for (const value of sub?.values ?? []) {
      expect(value).toMatch(/^system:serviceaccount:[a-z0-9-]+:([a-z0-9.-]+|\*)$/);
      expect(value.includes('*')).toBe(sub?.operator === 'StringLike');
    }
  });

  it.each(trusts)('has no Resource and lets no one in by name of * ($where)', ({ statement }) => {
    expect(statement.Resource).toBeUndefined();
    expect(Object.values(statement.Principal ?? {}).flat()).not.toContain('*');
  });
});
