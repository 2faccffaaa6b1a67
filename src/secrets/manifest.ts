import { annotations } from '../api/names.ts';
import type { Redacted } from '../base/redacted.ts';
import type { OwnerReference } from '../kube/object.ts';
import { dockerConfigKey } from '../docker-config/docker-config.ts';
import { type DesiredSecret, secretAnnotations, secretLabels, secretType } from './desired-secret.ts';
import { type SecretMetadata, staleMetadata } from './observed-secret.ts';
import { firstExpiry, formatTime, formatTokenRecords, type TokenRecords } from './token-records.ts';

/** Body of a create: the whole Secret. */
export interface SecretManifest {
  apiVersion: 'v1';
  kind: 'Secret';
  type: string;
  metadata: {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    ownerReferences: OwnerReference[];
  };
  data: Record<string, string>;
}

export function createBody(
  desired: DesiredSecret,
  records: TokenRecords,
  config: Redacted<string>,
): SecretManifest {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: secretType,
    metadata: {
      name: desired.name,
      namespace: desired.namespace,
      labels: secretLabels(desired),
      annotations: { ...secretAnnotations(desired), ...tokenAnnotations(records) },
      ownerReferences: ownerReferences(desired),
    },
    data: encodeData(config),
  };
}

/**
 * Body of a merge patch that makes an existing Secret as desired. UID and resourceVersion are preconditions: the API
 * server refuses the patch when the Secret is not the one that was looked at. The type is named so that a Secret of
 * another type is refused too. `config` is undefined where the data stay as they are.
 */
export function patchBody(
  desired: DesiredSecret,
  existing: SecretMetadata,
  records: TokenRecords,
  config: Redacted<string> | undefined,
): object {
  const labels = secretLabels(desired);
  const annotationMap = { ...secretAnnotations(desired), ...tokenAnnotations(records) };
  const stale = staleMetadata(existing, { labels, annotations: annotationMap });
  const others = (existing.ownerReferences ?? []).filter((reference) => reference.uid !== desired.owner.uid);
  return {
    type: secretType,
    metadata: {
      uid: existing.uid,
      resourceVersion: existing.resourceVersion,
      labels: { ...nulls(stale.labels), ...labels },
      annotations: { ...nulls(stale.annotations), ...annotationMap },
      ownerReferences: [...others, ...ownerReferences(desired)],
    },
    ...(config === undefined ? {} : { data: encodeData(config) }),
  };
}

/** Body of a merge patch that renews the data of a Secret whose labels, annotations and owner are as they should be. */
export function renewBody(
  existing: Pick<SecretMetadata, 'uid' | 'resourceVersion'>,
  records: TokenRecords,
  config: Redacted<string>,
): object {
  return {
    type: secretType,
    metadata: {
      uid: existing.uid,
      resourceVersion: existing.resourceVersion,
      annotations: tokenAnnotations(records),
    },
    data: encodeData(config),
  };
}

function tokenAnnotations(records: TokenRecords): Record<string, string> {
  const expiry = firstExpiry(records);
  return {
    [annotations.tokens]: formatTokenRecords(records),
    ...(expiry === undefined ? {} : { [annotations.expiresAt]: formatTime(expiry) }),
  };
}

function ownerReferences({ owner, deleteWithOwner }: DesiredSecret): OwnerReference[] {
  return deleteWithOwner ? [{ ...owner, controller: true, blockOwnerDeletion: false }] : [];
}

/** One config may go into thousands of Secrets: its base64 is made once. */
const encoded = new WeakMap<Redacted<string>, string>();

function encodeData(config: Redacted<string>): Record<string, string> {
  const data = encoded.get(config) ?? Buffer.from(config.reveal(), 'utf8').toString('base64');
  encoded.set(config, data);
  return { [dockerConfigKey]: data };
}

function nulls(names: string[]): Record<string, null> {
  return Object.fromEntries(names.map((name) => [name, null]));
}
