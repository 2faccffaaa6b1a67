import { expect, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import type { Fault } from '../support/aws/faults.ts';
import { addRole, createFixture } from './fixture.ts';
import { getSecret, logsIn, passwordsIn, type Secret } from './pull-secrets.ts';
import {
  annotate,
  conditionOf,
  createRegistry,
  getRegistry,
  notReady,
  ready,
  specFor,
} from './registries.ts';

/** A token lives for 20 seconds here, so that its refresh falls due after 9 to 11. */
const lifetimeScale = 2160;

const f = await createFixture();
f.aws.settings.update({ lifetimeScale });
await f.startOperator();

interface Outage {
  readonly name: string;
  /** Each has its own, so that the circuit breaker of one does not speak for the others. */
  readonly region: string;
  readonly reason: string;
  readonly says: RegExp;
  /** Begins the outage and gives what ends it. */
  readonly begin: (roleArn: string) => () => unknown;
}

const inject = (fault: Fault) => (roleArn: string) => f.aws.faults.inject({ ...fault, roleArn });

const outages: readonly Outage[] = [
  {
    name: 'ecr-503',
    region: 'eu-west-1',
    reason: 'AWSUnavailable',
    says: /^ecr:GetAuthorizationToken .*code ServiceUnavailable, request [\w-]{36}\)/,
    begin: inject({ service: 'ecr', kind: 'error', status: 503, code: 'ServiceUnavailable' }),
  },
  {
    name: 'ecr-throttling',
    region: 'us-east-1',
    reason: 'Throttled',
    says: /^ecr:GetAuthorizationToken .*code Throttling, request [\w-]{36}\)/,
    begin: inject({ service: 'ecr', kind: 'error', code: 'ThrottlingException' }),
  },
  {
    name: 'ecr-reset',
    region: 'us-west-2',
    reason: 'ConnectionLost',
    says: /^ecr:GetAuthorizationToken .*code ECONNRESET\)/,
    begin: inject({ service: 'ecr', kind: 'reset' }),
  },
  {
    name: 'sts-503',
    region: 'us-east-2',
    reason: 'AWSUnavailable',
    says: /^sts:AssumeRoleWithWebIdentity .*code ServiceUnavailable, request [\w-]{36}\)/,
    begin: inject({ service: 'sts', kind: 'error', status: 503, code: 'ServiceUnavailable' }),
  },
  {
    name: 'sts-reset',
    region: 'eu-central-1',
    reason: 'ConnectionLost',
    says: /^sts:AssumeRoleWithWebIdentity .*code ECONNRESET\)/,
    begin: inject({ service: 'sts', kind: 'reset' }),
  },
];

/** A registry that is ready, and its Secret. */
async function settled(name: string, region: string): Promise<{ secret: Secret; roleArn: string }> {
  const roleArn = await f.puller(name);
  await createRegistry(f, name, specFor(name, { region }));
  await ready(f, name);
  return { secret: await getSecret(f, `${name}-ecr`), roleArn };
}

/** What holds while AWS is away: the Secret is as it was, and the conditions say why and how long it is good. */
async function keepsTheLogin(name: string, before: Secret): Promise<void> {
  const { metadata, data } = await getSecret(f, `${name}-ecr`);
  expect({ version: metadata.resourceVersion, data }).toEqual({
    version: before.metadata.resourceVersion,
    data: before.data,
  });
  const { status } = await getRegistry(f, name);
  expect(status?.expiresAt).toBe(before.metadata.annotations?.[annotations.expiresAt]);
  expect(await conditionOf(f, name, 'CredentialsResolved')).toMatchObject({ status: 'True' });
  expect(await conditionOf(f, name, 'TokensFresh')).toMatchObject({ status: 'False' });
  expect(await conditionOf(f, name, 'SecretSynced')).toMatchObject({ status: 'True' });
}

/** A newer login is there, and it expires later. */
async function recovered(name: string, before: Secret): Promise<void> {
  await ready(f, name);
  const after = await getSecret(f, `${name}-ecr`);
  expect(await logsIn(f, after)).toBe(true);
  expect(passwordsIn(after)).not.toEqual(passwordsIn(before));
  const expiry = (secret: Secret) => Date.parse(secret.metadata.annotations?.[annotations.expiresAt] ?? '');
  expect(expiry(after)).toBeGreaterThan(expiry(before));
}

test.concurrent.for(outages)(
  '$name when a refresh is due: the login stays, the condition says why, and it recovers by itself',
  async ({ name, region, reason, says, begin }) => {
    const { secret, roleArn } = await settled(name, region);
    const end = begin(roleArn);
    const message = await notReady(f, name, reason, 20_000);
    expect(message).toMatch(says);
    expect(message).toMatch(
      /\(the (Secret keeps its login, good until|login in the Secret expired at) 20\S+Z\)$/,
    );
    await keepsTheLogin(name, secret);
    end();
    await recovered(name, secret);
  },
);

test.concurrent(
  'a role that loses its rights keeps its login, and recovers at once when it is asked to',
  async () => {
    const { secret } = await settled('denied', 'ap-southeast-2');
    addRole(f.aws, f.namespace, 'denied', { allow: [] });
    const message = await notReady(f, 'denied', 'GetAuthorizationTokenDenied', 20_000);
    expect(message).toMatch(/code AccessDenied, request [\w-]{36}\). Allow ecr:GetAuthorizationToken/);
    await keepsTheLogin('denied', secret);
    addRole(f.aws, f.namespace, 'denied');
    await annotate(f, 'denied', { [annotations.refreshRequestedAt]: new Date().toISOString() });
    await recovered('denied', secret);
  },
);
