import { annotations, labels, managerName } from '../api/names.ts';
import { dockerConfigKey } from '../docker-config/docker-config.ts';
import { memoize } from '../base/memoize.ts';
import { metadataHash } from './desired-secret.ts';
import { parseTokenRecords, type TokenRecords } from './token-records.ts';

/** The metadata of a Secret, as a metadata-only watch gives them. */
export interface SecretMetadata {
  uid?: string;
  resourceVersion?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { uid: string; kind?: string; name?: string }[];
  managedFields?: { manager?: string; subresource?: string; fieldsV1?: object }[];
}

/** What the operator keeps of a Secret: enough to decide without ever reading its data. */
export interface ObservedSecret {
  uid: string;
  resourceVersion: string;
  /** UID of the owner by our annotation; undefined on a Secret that is not ours. */
  ownerUid: string | undefined;
  /** `<kind>/<name>` of the owner by its owner reference; '' where the Secret has none and outlives its owner. */
  owner: string;
  deleting: boolean;
  tokens: TokenRecords;
  /** Hash of the labels and annotations that we set and nobody changed since. */
  metadataHash: string;
  /** False when somebody else wrote the data, or what is noted about them, after us. */
  dataIntact: boolean;
}

/** Thousands of Secrets have the same owner: one text for all of them. */
const sameText = memoize(256, (text) => text);

/** Annotations that change with each token: they are not part of the hash. */
const bookkeeping: readonly string[] = [annotations.tokens, annotations.expiresAt];

/**
 * Reads the metadata of a Secret. Foreign changes show in `managedFields`: whoever changes the value of a field takes it
 * over from us, so what we still own is as we wrote it. That holds across restarts and needs no look at the data.
 */
export function observeSecret(metadata: SecretMetadata): ObservedSecret {
  const ownerUid = metadata.annotations?.[annotations.ownerUid];
  const owned = (metadata.managedFields ?? [])
    .filter((entry) => entry.manager === managerName && !entry.subresource)
    .map((entry) => entry.fieldsV1);
  const ours = (...path: string[]): string[] => owned.flatMap((fields) => fieldNames(fields, path));
  const ownLabels = pick(metadata.labels, ours('f:metadata', 'f:labels'));
  const annotationNames = ours('f:metadata', 'f:annotations');
  const ownAnnotations = pick(
    metadata.annotations,
    annotationNames.filter((name) => !bookkeeping.includes(name)),
  );
  const reference = metadata.ownerReferences?.find(({ uid }) => uid === ownerUid);
  return {
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    ownerUid,
    owner: reference === undefined ? '' : sameText(`${reference.kind}/${reference.name}`),
    deleting: metadata.deletionTimestamp !== undefined,
    tokens: parseTokenRecords(metadata.annotations?.[annotations.tokens]),
    metadataHash: metadataHash(ownLabels, ownAnnotations),
    dataIntact:
      ours('f:data').includes(dockerConfigKey) && bookkeeping.every((name) => annotationNames.includes(name)),
  };
}

/** Labels and annotations that we once set and that are no longer wanted: a merge patch must name them to remove them. */
export function staleMetadata(
  metadata: SecretMetadata,
  wanted: { labels: Record<string, string>; annotations: Record<string, string> },
): { labels: string[]; annotations: string[] } {
  const owned = (metadata.managedFields ?? [])
    .filter((entry) => entry.manager === managerName && !entry.subresource)
    .map((entry) => entry.fieldsV1);
  const stale = (field: 'labels' | 'annotations'): string[] =>
    owned
      .flatMap((fields) => fieldNames(fields, ['f:metadata', `f:${field}`]))
      .filter((name) => !(name in wanted[field]) && !bookkeeping.includes(name));
  return { labels: stale('labels'), annotations: stale('annotations') };
}

/** Selects the Secrets of this operator, for the watch. */
export const ownedSecretsSelector = `${labels.managedBy}=${managerName}`;

/** Field names below `path` of a `fieldsV1` tree, without their `f:`. */
function fieldNames(fields: object | undefined, path: readonly string[]): string[] {
  let node: unknown = fields;
  for (const step of path) node = (node as Record<string, unknown> | undefined)?.[step];
  return Object.keys((node as object | undefined) ?? {})
    .filter((key) => key.startsWith('f:'))
    .map((key) => key.slice(2));
}

function pick(from: Record<string, string> | undefined, names: string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = from?.[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
