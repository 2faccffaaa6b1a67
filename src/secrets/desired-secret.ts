import { shortHash } from '../base/hash.ts';
import { memoize } from '../base/memoize.ts';
import { annotations, labels, managerName } from '../api/names.ts';

/** The object that a Secret belongs to. */
export interface SecretOwner {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

/** One authorization token in a Secret, and the registry hosts that it logs in to. */
export interface DesiredToken {
  /** Name of the token within the Secret, such as `eu-west-1` or `public`. */
  id: string;
  /** Key of the token among all that the operator asks for: Secrets that share it share the token. */
  tokenKey: string;
  /** Hash of who asks and for what: a Secret whose record has another hash needs a new token. */
  hash: string;
  /** An expired login is worse than none: with it ECR Public refuses even what anybody may pull. */
  dropWhenExpired: boolean;
  /** Where many Secrets have the token: this one's place in the window in which they are renewed, a share of the lifetime. */
  lateShare?: number;
  /** Registry hosts, given the caller's account; empty while an account that is needed is not known. */
  hostsFor(callerAccountId: string | undefined): string[];
}

/** The Secret as it should be, but for the tokens themselves. */
export interface DesiredSecret {
  namespace: string;
  name: string;
  /** Field of the owner that names the Secret, for messages. */
  nameField: string;
  owner: SecretOwner;
  /** True: deleted by the garbage collector with its owner. */
  deleteWithOwner: boolean;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** In ascending priority: where two log in to the same host, the later one wins. */
  tokens: DesiredToken[];
  /**
   * Beginnings of ids of tokens that cannot be asked for now, as it is not known by whom: what the Secret has of them
   * stays.
   */
  held: readonly string[];
  /** Those of `held` whose hosts another token of the Secret may take over: what they belonged to is gone. */
  yielding: readonly string[];
}

export const secretType = 'kubernetes.io/dockerconfigjson';

/** Labels that a Secret of ours has: the user's, and those that say whose it is. */
export function secretLabels(desired: DesiredSecret): Record<string, string> {
  return {
    ...desired.labels,
    [labels.managedBy]: managerName,
    [labels.owner]: labelValue(desired.owner.name),
  };
}

/** Annotations that do not change with each token. */
export function secretAnnotations(desired: DesiredSecret): Record<string, string> {
  return { ...desired.annotations, [annotations.ownerUid]: desired.owner.uid };
}

/** Thousands of Secrets have the same labels and annotations. */
const hashOf = memoize(256, shortHash);

/** Hash of labels and annotations, to compare what a Secret has with what it should have. */
export function metadataHash(
  labelMap: Readonly<Record<string, string>>,
  annotationMap: Readonly<Record<string, string>>,
): string {
  return hashOf(JSON.stringify([sortedEntries(labelMap), sortedEntries(annotationMap)]));
}

/** Names may be longer than the 63 characters of a label value. */
function labelValue(name: string): string {
  return name.length <= 63 ? name : `${name.slice(0, 46).replace(/[-.]+$/, '')}-${shortHash(name)}`;
}

function sortedEntries(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
