import { account } from '../operator/fixture.ts';
import { region, type Spec, specFor } from '../operator/registries.ts';
import type { RepositoryOptions } from '../support/aws/registry/store.ts';
import { type BrokenStage, known, loggedIn } from './broken-stage.ts';
import type { VerificationFixture } from './fixture.ts';

const otherAccount = '444455556666';
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
const otherHost = `${otherAccount}.dkr.ecr.${region}.amazonaws.com`;

type Access = 'pull' | 'push';

interface Made {
  /** Actions of the role; default: all of ECR. */
  readonly allow?: readonly string[];
  readonly access?: readonly Access[];
  readonly tag?: string;
  /** Default: that of the role. */
  readonly account?: string;
  /** undefined: the repository does not exist. */
  readonly repository?: RepositoryOptions;
}

/** A registry that tries a repository of its own name. */
async function trying(f: VerificationFixture, name: string, made: Made): Promise<Spec> {
  await f.puller(name, made.allow === undefined ? {} : { allow: made.allow });
  const accountId = made.account ?? account;
  if (made.repository !== undefined)
    f.aws.registry.createRepository(accountId, region, name, made.repository);
  const repository = {
    name,
    access: [...(made.access ?? ['pull' as const])],
    ...(made.tag === undefined ? {} : { tag: made.tag }),
  };
  return specFor(name, { registries: [{ accountId }], verify: { repositories: [repository] } });
}

const principal = (name: string): string => `arn:aws:iam::${account}:role/${name}`;

/** Registries whose caller is known, and who cannot do what is to be done. */
export const brokenRegistries: readonly BrokenStage[] = [
  {
    name: 'impossible-host',
    async spec(f, name) {
      await f.puller(name);
      return specFor(name, { registries: [{ accountId: account, endpoints: ['FIPS'] }] });
    },
    passed: [],
    stage: 'AuthorizationToken',
    reason: 'InvalidRegistry',
    message: 'region eu-west-1 has no FIPS registry host',
    nextStep: 'correct accountId, region or endpoints of the entry',
  },
  {
    name: 'no-ecr',
    async spec(f, name) {
      await f.puller(name, { allow: [] });
      return specFor(name);
    },
    passed: known,
    stage: 'AuthorizationToken',
    reason: 'GetAuthorizationTokenDenied',
    message: 'ecr:GetAuthorizationToken for arn:aws:sts::111122223333:assumed-role/no-ecr/',
    nextStep: 'Allow ecr:GetAuthorizationToken on resource * in an identity policy',
    code: 'AccessDenied',
  },
  {
    name: 'no-bearer-token',
    async spec(f, name) {
      await f.puller(name, { allow: ['ecr:*', 'ecr-public:*'] });
      return specFor(name, { public: true });
    },
    passed: [...loggedIn],
    stage: 'AuthorizationToken',
    reason: 'GetServiceBearerTokenDenied',
    message: 'sts:GetServiceBearerToken',
    nextStep: 'ECR Public needs a second action',
    code: 'AccessDenied',
  },
  {
    name: 'ecr-is-down',
    async spec(f, name) {
      const roleArn = await f.puller(name);
      f.aws.faults.inject({
        service: 'ecr',
        kind: 'error',
        status: 503,
        code: 'ServiceUnavailable',
        roleArn,
      });
      return specFor(name, { region: 'us-west-2' });
    },
    passed: known,
    stage: 'AuthorizationToken',
    reason: 'AWSUnavailable',
    message: 'ecr:GetAuthorizationToken for',
    nextStep: 'look at the AWS Health dashboard for us-west-2',
    code: 'ServiceUnavailable',
  },
  {
    name: 'no-way-to-registry',
    async spec(f, name) {
      await f.puller(name);
      // The certificate of the local registry covers no host of this region.
      return specFor(name, { region: 'sa-east-1' });
    },
    passed: [...known, 'AuthorizationToken'],
    stage: 'RegistryPing',
    reason: 'TLSFailed',
    message: 'ping 111122223333.dkr.ecr.sa-east-1.amazonaws.com failed',
    nextStep: 'If a proxy inspects TLS on the way to 111122223333.dkr.ecr.sa-east-1.amazonaws.com',
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  {
    name: 'second-registry',
    async spec(f, name) {
      await f.puller(name);
      const accountId = '777788889999';
      const fault = { status: 403, code: 'DENIED', message: 'Not for you' };
      f.aws.registry.faults.inject({ ...fault, host: `${accountId}.*`, path: '/v2/' });
      return specFor(name, { registries: [{ accountId: account }, { accountId }] });
    },
    passed: loggedIn,
    stage: 'RegistryPing',
    reason: 'LoginRefused',
    message: 'ping 777788889999.dkr.ecr.eu-west-1.amazonaws.com failed: Not for you',
    nextStep: 'Fetch a new authorization token, in the region and partition that 777788889999.dkr',
    code: 'DENIED',
  },
  {
    name: 'no-repository',
    spec: (f, name) => trying(f, name, {}),
    passed: loggedIn,
    stage: 'Pull',
    reason: 'RepositoryNotFound',
    message: "The repository with name 'no-repository' does not exist",
    nextStep: `Create repository no-repository at ${host}`,
    code: 'NAME_UNKNOWN',
  },
  {
    name: 'no-tag',
    spec: (f, name) => trying(f, name, { repository: {}, tag: 'v1' }),
    passed: loggedIn,
    stage: 'Pull',
    reason: 'ImageNotFound',
    message: `look up ${host}/no-tag:v1 failed`,
    nextStep: 'Check the tag or digest',
    code: 'MANIFEST_UNKNOWN',
  },
  {
    name: 'may-not-pull',
    spec: (f, name) => trying(f, name, { repository: {}, allow: ['ecr:GetAuthorizationToken'] }),
    passed: loggedIn,
    stage: 'Pull',
    reason: 'IdentityPolicyMissing',
    message: 'An identity-based policy decided: one of the caller.',
    nextStep: 'Allow ecr:BatchGetImage on repository may-not-pull in a policy of this identity',
    code: 'DENIED',
  },
  {
    name: 'not-shared',
    spec: (f, name) => trying(f, name, { account: otherAccount, repository: {} }),
    passed: loggedIn,
    stage: 'Pull',
    reason: 'RepositoryPolicyMissing',
    message: 'A resource-based policy decided: that of the repository or of its registry.',
    nextStep: 'Allow ecr:BatchGetImage for this identity in the policy of repository not-shared',
    code: 'DENIED',
  },
  {
    name: 'may-not-push',
    spec: (f, name) =>
      trying(f, name, {
        access: ['pull', 'push'],
        repository: {},
        allow: ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage'],
      }),
    passed: [...loggedIn, 'Pull'],
    stage: 'Push',
    reason: 'IdentityPolicyMissing',
    message: 'An identity-based policy decided: one of the caller.',
    nextStep: 'Allow ecr:InitiateLayerUpload on repository may-not-push',
    code: 'DENIED',
  },
  {
    name: 'may-not-look',
    spec: (f, name) =>
      trying(f, name, {
        access: ['push'],
        repository: {},
        allow: ['ecr:GetAuthorizationToken', 'ecr:InitiateLayerUpload'],
      }),
    passed: loggedIn,
    stage: 'Push',
    reason: 'AccessDenied',
    // The answer to a HEAD has no words.
    message: 'look for a layer in',
    nextStep: 'Allow ecr:BatchCheckLayerAvailability on repository may-not-look',
    code: 'HTTP_403',
  },
  {
    name: 'forbidden-push',
    spec: (f, name) =>
      trying(f, name, {
        account: otherAccount,
        access: ['push', 'pull'],
        repository: {
          policy: [
            { effect: 'Allow', principal: principal(name), actions: ['ecr:*'] },
            { effect: 'Deny', principal: principal(name), actions: ['ecr:InitiateLayerUpload'] },
          ],
        },
      }),
    passed: [...loggedIn, 'Pull'],
    stage: 'Push',
    reason: 'RepositoryPolicyDenies',
    message: 'A resource-based policy decided: that of the repository or of its registry.',
    nextStep: 'Remove the Deny for ecr:InitiateLayerUpload from the policy of repository forbidden-push',
    code: 'DENIED',
  },
  {
    name: 'other-host',
    async spec(f, name) {
      await f.puller(name);
      const repositories = [{ name, access: ['push' as const], host: otherHost }];
      return specFor(name, { verify: { repositories } });
    },
    passed: loggedIn,
    stage: 'Push',
    reason: 'HostNotListed',
    message: `registry host ${otherHost} of spec.verify.repositories is none of those`,
    nextStep: 'correct it, or add its account and region to spec.registries',
  },
];

/** Every repository that was made for these, for a look at what is left in it. */
export const repositories: readonly (readonly [accountId: string, name: string])[] = [
  [account, 'no-tag'],
  [account, 'may-not-pull'],
  [account, 'may-not-push'],
  [account, 'may-not-look'],
  [otherAccount, 'not-shared'],
  [otherAccount, 'forbidden-push'],
];
