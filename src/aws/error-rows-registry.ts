import type { ErrorRow } from './error-row.ts';

/** What the ECR API says about repositories, images and uploads. */
export const registryRows: readonly ErrorRow[] = [
  {
    codes: ['RepositoryNotFound'],
    kind: 'terminal',
    reason: 'RepositoryNotFound',
    nextStep: 'Create the repository in {region}, or correct its name: without host and without tag.',
  },
  {
    codes: ['ImageNotFound'],
    kind: 'terminal',
    reason: 'ImageNotFound',
    nextStep: 'Check the tag or digest; a lifecycle policy may have removed the image.',
  },
  {
    codes: ['LayersNotFound', 'ReferencedImagesNotFound'],
    kind: 'terminal',
    reason: 'ReferencedContentMissing',
    nextStep: 'Push what the manifest refers to before the manifest itself.',
  },
  {
    codes: ['ImageAlreadyExists'],
    kind: 'terminal',
    reason: 'ImageAlreadyExists',
    nextStep: 'Nothing: the same image is there under this tag, so the push is done.',
  },
  {
    codes: ['ImageTagAlreadyExists'],
    kind: 'terminal',
    reason: 'ImmutableTag',
    nextStep: 'Use another tag, or make the tags of the repository mutable.',
  },
  {
    codes: ['InvalidLayer', 'InvalidLayerPart', 'LayerPartTooSmall', 'ImageDigestDoesNotMatch'],
    kind: 'terminal',
    reason: 'UploadRefused',
    nextStep: 'The content that was sent is not what was announced; check the source image.',
  },
  {
    codes: ['UploadNotFound'],
    kind: 'transient',
    reason: 'UploadLost',
    nextStep: 'The upload is started again.',
  },
  {
    codes: ['Kms'],
    kind: 'terminal',
    reason: 'EncryptionKeyUnusable',
    nextStep: 'Check the state of the KMS key of the repository and that {subject} may use it.',
  },
  {
    codes: ['BlockedByOrganizationPolicy'],
    kind: 'terminal',
    reason: 'BlockedByOrganizationPolicy',
    nextStep: 'Ask the administrators of the AWS organization to allow it.',
  },
  {
    codes: ['UnableToGetUpstreamImage', 'UnableToGetUpstreamLayer'],
    kind: 'transient',
    reason: 'UpstreamUnavailable',
    nextStep: 'Check the pull-through cache rule, its credentials and the upstream registry.',
  },
];
