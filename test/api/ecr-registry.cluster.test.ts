import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { installCrds } from '../support/install-crds.ts';
import { kubeClient } from '../support/kube-client.ts';

const client = await kubeClient(inject('controlPlane').adminKubeconfig);

type Spec = Record<string, unknown>;
interface Stored extends KubeObject {
  spec: Spec;
}

let count = 0;

/** Creates a registry in namespace default; resolves to what the API server stored, or rejects with what it said. */
async function create(spec: Spec, name = `rules-${(count += 1)}`): Promise<Stored> {
  const { apiVersion, kind } = ecrRegistries;
  const object = { apiVersion, kind, metadata: { name, namespace: 'default' }, spec };
  const stored = await client.create<Stored>(ecrRegistries, object);
  await client.delete(ecrRegistries, stored.metadata);
  return stored;
}

const minimal = { region: 'eu-west-1' };
const account = '111122223333';
const registries = (...entries: Spec[]): Spec => ({ ...minimal, registries: entries });
const credentials = (c: Spec): Spec => ({ ...minimal, credentials: c });
const hop = (h: Spec): Spec =>
  credentials({ assumeRoles: [{ roleArn: `arn:aws:iam::${account}:role/push`, ...h }] });
const secret = (s: Spec): Spec => ({ ...minimal, secret: s });

/** What is checked, an example that is accepted, one that is refused, and what the refusal says. */
const rules: [string, Spec, Spec, RegExp][] = [
  [
    'the region',
    { region: 'us-gov-west-1' },
    { region: 'Ireland' },
    /write an AWS region, such as eu-west-1/,
  ],
  ['that a region is there', minimal, {}, /spec\.region: Required value/],
  [
    'an account id',
    registries({ accountId: account }),
    registries({ accountId: '1234' }),
    /12 digits of an AWS account as a quoted string/,
  ],
  [
    'an account id that YAML read as a number',
    registries({ accountId: account }),
    registries({ accountId: 111122223333 }),
    /accountId.*string/,
  ],
  [
    'that no registry is listed twice',
    registries({ accountId: account }, { accountId: account, region: 'us-east-1' }),
    registries({ accountId: account }, { accountId: account, region: 'eu-west-1' }),
    /listed twice in registries: keep one entry/,
  ],
  [
    'the form of hosts',
    registries({ accountId: account, endpoints: ['FIPS', 'Standard'] }),
    registries({ accountId: account, endpoints: ['Fips'] }),
    /Unsupported value: "Fips".*"FIPS"/s,
  ],
  [
    'that a form is listed once',
    registries({ accountId: account, endpoints: ['FIPS'] }),
    registries({ accountId: account, endpoints: ['FIPS', 'FIPS'] }),
    /Duplicate value/,
  ],
  [
    'that ECR Public is asked in its partition',
    { ...minimal, public: true },
    { region: 'cn-north-1', public: true },
    /public\.ecr\.aws cannot be reached from this region/,
  ],
  [
    'the source',
    credentials({ source: 'Operator' }),
    credentials({ source: 'Magic' }),
    /Unsupported value: "Magic"/,
  ],
  [
    'that AccessKey names its Secret',
    credentials({ source: 'AccessKey', accessKey: { secretName: 'user' } }),
    credentials({ source: 'AccessKey' }),
    /source AccessKey needs accessKey\.secretName/,
  ],
  [
    'that accessKey is not there in vain',
    credentials({ source: 'AccessKey', accessKey: { secretName: 'user' } }),
    credentials({ accessKey: { secretName: 'user' } }),
    /only read with source: AccessKey/,
  ],
  [
    'the name of the key Secret',
    credentials({ source: 'AccessKey', accessKey: { secretName: 'a.b-c' } }),
    credentials({ source: 'AccessKey', accessKey: { secretName: '../x' } }),
    /name of an object in the same namespace/,
  ],
  [
    'the name of a service account',
    credentials({ serviceAccounts: { account: 'ecr-puller' } }),
    credentials({ serviceAccounts: { account: 'other/puller' } }),
    /without a namespace before it/,
  ],
  [
    'that an empty service account is unset',
    credentials({ serviceAccounts: { account: '', runtime: '' } }),
    credentials({ serviceAccounts: { runtime: 'A' } }),
    /without a namespace before it/,
  ],
  [
    'a role ARN',
    hop({}),
    hop({ roleArn: 'arn:aws:iam::1:role/x' }),
    /write an IAM role ARN, such as arn:aws:iam::111122223333:role\/ecr-push/,
  ],
  [
    'the life of a chained session',
    hop({ durationSeconds: 900 }),
    hop({ durationSeconds: 7200 }),
    /durationSeconds.*3600/,
  ],
  [
    'the name of a session',
    hop({ sessionName: 'ci@build' }),
    hop({ sessionName: 'ci build' }),
    /sessionName/,
  ],
  ['an external id', hop({ externalId: 'a:b/c' }), hop({ externalId: 'a b' }), /externalId/],
  [
    'the name of the Secret',
    secret({ name: 'my.secret' }),
    secret({ name: 'My_Secret' }),
    /name of an object in the same namespace/,
  ],
  [
    'labels',
    secret({ labels: { team: 'a' } }),
    secret({ labels: { 'app.kubernetes.io/managed-by': 'me' } }),
    /set by the operator: remove them/,
  ],
  [
    'annotations',
    secret({ annotations: { 'x.io/y': 'z' } }),
    secret({ annotations: { 'ecr-operator.dev/owner-uid': 'x' } }),
    /set by the operator: remove them/,
  ],
  [
    'the deletion policy',
    { ...minimal, deletionPolicy: 'Retain' },
    { ...minimal, deletionPolicy: 'Keep' },
    /"Delete", "Retain"/,
  ],
];

beforeAll(() => installCrds(client));
afterAll(() => client.close());

describe('the CRD of EcrRegistry on a real API server', () => {
  it.each(rules)('checks %s', async (_what, accepted, refused, message) => {
    await expect(create(accepted)).resolves.toBeDefined();
    await expect(create(refused)).rejects.toThrow(message);
  });

  it('refuses a name that leaves no room for -ecr, unless the Secret has its own', async () => {
    const name = 'n'.repeat(250);
    await expect(create(minimal, name)).rejects.toThrow(
      /too long to be followed by -ecr: shorten it, or set spec\.secret\.name/,
    );
    await expect(create(secret({ name: 'short' }), name)).resolves.toBeDefined();
    await expect(create(minimal, name.slice(0, 249))).resolves.toBeDefined();
  });

  it('fills in the defaults', async () => {
    const { spec } = await create(registries({ accountId: account }));
    expect(spec).toEqual({
      region: 'eu-west-1',
      registries: [{ accountId: account, endpoints: ['Standard'] }],
      public: false,
      credentials: { source: 'ServiceAccount' },
      secret: {},
      deletionPolicy: 'Delete',
      primary: false,
      suspend: false,
    });
  });

  it('drops a field that it does not know', async () => {
    expect((await create({ ...minimal, regoin: 'x' })).spec).not.toHaveProperty('regoin');
  });
});
