import type { OciErrorRow } from './error-model.ts';

/** What a registry says about repositories and images. */
export const contentRows: readonly OciErrorRow[] = [
  {
    codes: ['NAME_UNKNOWN'],
    kind: 'terminal',
    reason: 'RepositoryNotFound',
    nextStep: 'Create repository {repository} at {host}, or correct its name: without host and without tag.',
  },
  {
    codes: ['NAME_INVALID'],
    kind: 'terminal',
    reason: 'InvalidRepositoryName',
    nextStep: 'Correct the name {repository}: lower case, without host and without tag.',
  },
  {
    codes: ['MANIFEST_UNKNOWN'],
    kind: 'terminal',
    reason: 'ImageNotFound',
    nextStep: 'Check the tag or digest; a lifecycle policy may have removed the image.',
  },
  {
    codes: ['TAG_INVALID', 'MANIFEST_INVALID'],
    kind: 'terminal',
    reason: 'InvalidReference',
    nextStep: 'Correct the tag, or give a digest: sha256: and 64 hexadecimal digits.',
  },
];

/** Too many requests, and faults of the registry. */
export const serviceRows: readonly OciErrorRow[] = [
  {
    codes: ['TOOMANYREQUESTS'],
    kind: 'throttled',
    reason: 'Throttled',
    nextStep: 'Try again later and less often; ECR has a rate for each account and region.',
  },
  {
    status: [429, 429],
    kind: 'throttled',
    reason: 'Throttled',
    nextStep: 'Try again later and less often; ECR has a rate for each account and region.',
  },
  {
    status: [500, 599],
    kind: 'transient',
    reason: 'RegistryUnavailable',
    nextStep: 'Try again; if this lasts, look at the status of {host} or of the proxy on the way.',
  },
  {
    codes: ['REDIRECT_REFUSED'],
    kind: 'terminal',
    reason: 'RedirectRefused',
    nextStep: 'Find out who redirects requests to {host}: a registry has no reason to, a proxy may have.',
  },
  {
    codes: ['ANSWER_TOO_LARGE', 'ANSWER_UNREADABLE', 'BAD_CHALLENGE'],
    kind: 'terminal',
    reason: 'UnreadableAnswer',
    nextStep: 'Check that {host} is a registry and that no proxy on the way answers in its place.',
  },
  {
    codes: ['UNSUPPORTED'],
    kind: 'terminal',
    reason: 'NotSupported',
    nextStep: 'The registry {host} does not offer this; use another way.',
  },
  {
    status: [407, 407],
    kind: 'terminal',
    reason: 'ProxyRefused',
    nextStep: 'Put the login of the proxy into HTTPS_PROXY, or {host} into NO_PROXY.',
  },
  {
    status: [404, 405],
    kind: 'terminal',
    reason: 'NotARegistry',
    nextStep: 'Check that {host} is a registry and that no proxy on the way answers in its place.',
  },
];
