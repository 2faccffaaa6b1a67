import type { StageName } from '../api/verification.ts';

/** What a stage tries, for people. */
export interface StageText {
  /** A sentence without its subject: "The operator ...". */
  readonly tries: string;
  /** What is known to be wrong when it is the first to fail. */
  readonly failing: string;
}

/** The stages in the order in which they run. Those that a source of credentials does not have are left out. */
export const stageTexts: Readonly<Record<StageName, StageText>> = {
  ServiceAccount: {
    tries: 'finds the service account of the highest level and the IAM role that it names',
    failing: 'No level names a usable service account. Nothing was asked of AWS yet.',
  },
  WebIdentityToken: {
    tries: 'asks the API server for a web-identity token of that service account',
    failing: 'The API server gives no token: the service account went away, or the rights are missing.',
  },
  AssumeRole: {
    tries: 'assumes the IAM role of the service account, then each role of `spec.credentials.assumeRoles`',
    failing:
      'STS does not hand out the role that the subject names: look at its trust policy, and at the OIDC provider of the cluster.',
  },
  CallerIdentity: {
    tries: 'learns what AWS calls the caller, which shows that its keys are good',
    failing:
      'There are no keys, or AWS does not take them. This has nothing to do with permissions: everybody may ask who he is.',
  },
  AuthorizationToken: {
    tries: 'asks ECR for an authorization token, once for each region and once for ECR Public',
    failing: 'The caller is known to AWS and gets no token: its own policies lack the action.',
  },
  RegistryPing: {
    tries: 'logs in to each registry host with that token (`GET /v2/`)',
    failing: 'AWS gave a token, and the registry cannot be reached or does not take it.',
  },
  Pull: {
    tries: 'asks for a manifest of each repository with access `pull`',
    failing:
      'The login is good and this repository cannot be pulled from. The next step says whether a policy of the identity or that of the repository decides.',
  },
  Push: {
    tries: 'starts an upload into each repository with access `push` and cancels it',
    failing:
      'The login is good and this repository cannot be pushed to. The next step says whether a policy of the identity or that of the repository decides.',
  },
};
