/** The content type of each kind of write; the API server tells patches apart by it. */
export const contentTypes = {
  json: 'application/json',
  mergePatch: 'application/merge-patch+json',
  /** The API server wants YAML here; JSON is YAML. */
  apply: 'application/apply-patch+yaml',
} as const;

const metadata = (as: string): string => `application/json;as=${as};g=meta.k8s.io;v=v1`;

/** The Accept header for one object, or for the events of a watch. */
export function acceptObject(metadataOnly: boolean | undefined): string {
  return metadataOnly === true ? metadata('PartialObjectMetadata') : contentTypes.json;
}

/** The Accept header for a list. */
export function acceptList(metadataOnly: boolean | undefined): string {
  return metadataOnly === true ? metadata('PartialObjectMetadataList') : contentTypes.json;
}
