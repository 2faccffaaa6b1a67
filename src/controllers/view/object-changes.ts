import type { KubeObject, ResourceType } from '../../kube/object.ts';

/** What tells whether an object of the operator's own changed. */
export interface Owned {
  metadata: {
    uid: string;
    generation: number;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
  };
}

/** What is not read is not kept: who set which field. Items of a list come without their type, which events need. */
export function trimObject(object: KubeObject, { apiVersion, kind }: ResourceType): KubeObject {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, apiVersion, kind, metadata };
}

/** Whether spec, annotations or existence changed; a status that we wrote ourselves is no reason to look again. */
export function needsLook(now: Owned | undefined, before: Owned | undefined): boolean {
  if (now === undefined || before === undefined) return true;
  return (
    now.metadata.uid !== before.metadata.uid ||
    now.metadata.generation !== before.metadata.generation ||
    now.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
    JSON.stringify(now.metadata.annotations) !== JSON.stringify(before.metadata.annotations)
  );
}
