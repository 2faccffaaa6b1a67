import { addRole, createServiceAccount, roleAnnotation } from '../operator/fixture.ts';
import { createSecret } from '../operator/pull-secrets.ts';
import { region, specFor } from '../operator/registries.ts';
import { type BrokenStage, mayAssume } from './broken-stage.ts';
import { refuseTokensOf } from './refuse-tokens.ts';

/** Registries whose way to AWS ends before the caller is known. */
export const brokenIdentities: readonly BrokenStage[] = [
  {
    name: 'no-level',
    spec: () => Promise.resolve({ region }),
    passed: [],
    stage: 'ServiceAccount',
    reason: 'NoServiceAccount',
    message: 'no level names a service account',
    nextStep: 'set spec.credentials.serviceAccounts.account, or',
  },
  {
    name: 'absent-account',
    spec: () => Promise.resolve(specFor('absent-account')),
    passed: [],
    stage: 'ServiceAccount',
    reason: 'ServiceAccountNotFound',
    message: '/absent-account of level account does not exist',
    nextStep: 'create it, or correct spec.credentials.serviceAccounts.account',
  },
  {
    name: 'no-role',
    async spec(f, name) {
      await createServiceAccount(f.client, f.namespace, name);
      return specFor(name);
    },
    passed: [],
    stage: 'ServiceAccount',
    reason: 'NoRole',
    message: 'names no IAM role',
    nextStep: 'annotate it with eks.amazonaws.com/role-arn=<role ARN>',
  },
  {
    name: 'no-arn',
    async spec(f, name) {
      await createServiceAccount(f.client, f.namespace, name, { [roleAnnotation]: 'ecr-push' });
      return specFor(name);
    },
    passed: [],
    stage: 'ServiceAccount',
    reason: 'InvalidRole',
    message: 'does not start with arn:',
    nextStep: 'write one such as arn:aws:iam::111122223333:role/ecr-push',
  },
  {
    name: 'no-token',
    async spec(f, name) {
      await f.puller(name);
      await refuseTokensOf(f, name);
      return specFor(name);
    },
    passed: ['ServiceAccount'],
    stage: 'WebIdentityToken',
    reason: 'TokenRequestFailed',
    message: 'for audience sts.amazonaws.com cannot be had',
    nextStep: 'Allow the operator to create serviceaccounts/token for it',
  },
  {
    name: 'not-trusted',
    async spec(f, name) {
      await f.puller(name, { trust: [] });
      return specFor(name);
    },
    passed: ['ServiceAccount', 'WebIdentityToken'],
    stage: 'AssumeRole',
    reason: 'TrustPolicyDenied',
    message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    nextStep: 'allow sts:AssumeRoleWithWebIdentity to the OIDC provider of',
    code: 'AccessDenied',
  },
  {
    name: 'unknown-issuer',
    async spec(f, name) {
      await f.puller(name, { account: '999999999999' });
      f.aws.iam.deleteOidcProvider(f.controlPlane.issuer, '999999999999');
      return specFor(name);
    },
    passed: ['ServiceAccount', 'WebIdentityToken'],
    stage: 'AssumeRole',
    reason: 'OIDCProviderMissing',
    message: 'No OpenIDConnect provider found',
    nextStep: 'Create an IAM OIDC identity provider for',
    code: 'InvalidIdentityToken',
  },
  {
    name: 'wrong-external-id',
    async spec(f, name) {
      const first = await f.puller(name, { allow: mayAssume });
      const trust = [{ kind: 'principal' as const, arns: [first], externalId: 'customer-7' }];
      const roleArn = addRole(f.aws, f.namespace, `${name}-1`, { trust });
      return { region, credentials: { serviceAccounts: { account: name }, assumeRoles: [{ roleArn }] } };
    },
    passed: ['ServiceAccount', 'WebIdentityToken', 'AssumeRole'],
    stage: 'AssumeRole',
    reason: 'AssumeRoleDenied',
    message: 'sts:AssumeRole for',
    nextStep: 'At assumeRoles[0], arn:aws:iam::111122223333:role/wrong-external-id-1 must trust the caller',
    code: 'AccessDenied',
  },
  {
    name: 'second-hop',
    async spec(f, name) {
      const first = await f.puller(name, { allow: mayAssume });
      const trust = [{ kind: 'principal' as const, arns: [first] }];
      const hops = [
        { roleArn: addRole(f.aws, f.namespace, `${name}-1`, { allow: mayAssume, trust }) },
        { roleArn: addRole(f.aws, f.namespace, `${name}-2`, { trust }) },
      ];
      return { region, credentials: { serviceAccounts: { account: name }, assumeRoles: hops } };
    },
    passed: ['ServiceAccount', 'WebIdentityToken', 'AssumeRole', 'AssumeRole'],
    stage: 'AssumeRole',
    reason: 'AssumeRoleDenied',
    message: 'as arn:aws:iam::111122223333:role/second-hop-2 (assumeRoles[1])',
    nextStep: 'At assumeRoles[1], arn:aws:iam::111122223333:role/second-hop-2 must trust the caller',
    code: 'AccessDenied',
  },
  {
    name: 'no-keys',
    spec: () =>
      Promise.resolve({
        region,
        credentials: { source: 'AccessKey', accessKey: { secretName: 'absent-keys' } },
      }),
    passed: [],
    stage: 'CallerIdentity',
    reason: 'AccessKeyNotFound',
    message: '/absent-keys of spec.credentials.accessKey.secretName does not exist',
    nextStep: 'create it with the keys accessKeyId and secretAccessKey',
  },
  {
    name: 'cut-keys',
    async spec(f, name) {
      await createSecret(f, name, {
        stringData: { accessKeyId: 'AKIA IOSFODNN7EXAMPLE', secretAccessKey: 'x' },
      });
      return { region, credentials: { source: 'AccessKey', accessKey: { secretName: name } } };
    },
    passed: [],
    stage: 'CallerIdentity',
    reason: 'InvalidAccessKey',
    message: '/cut-keys has white space inside (21 characters)',
    nextStep: 'Write the value as AWS shows it',
  },
  {
    name: 'unknown-keys',
    async spec(f, name) {
      const stringData = {
        accessKeyId: 'AKIAIOSFODNN7UNKNOWN',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      };
      await createSecret(f, name, { stringData });
      return { region, credentials: { source: 'AccessKey', accessKey: { secretName: name } } };
    },
    passed: [],
    stage: 'CallerIdentity',
    reason: 'InvalidAccessKey',
    message: 'sts:GetCallerIdentity for access key of Secret',
    nextStep: 'Check that the access key of access key of Secret',
    code: 'InvalidClientTokenId',
  },
  {
    name: 'not-lent',
    spec: () => Promise.resolve({ region, credentials: { source: 'Operator' } }),
    passed: [],
    stage: 'CallerIdentity',
    reason: 'OperatorIdentityNotAllowed',
    message: "lends the operator's own AWS identity, which this operator does not allow",
    nextStep: 'use ServiceAccount, or ask an administrator',
  },
];
