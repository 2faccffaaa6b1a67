import type { KubeObject } from './object.ts';

/** What a watch tells; an ERROR event never comes out of it, it rejects instead. */
export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** Of a BOOKMARK only `metadata.resourceVersion` and its annotations mean anything. */
  readonly object: T;
}

/** Marks the bookmark after the last initial event of a streaming list. */
const endAnnotation = 'k8s.io/initial-events-end';

/** Whether this bookmark says that all that existed has now been sent. */
export function endsInitialEvents(event: WatchEvent<KubeObject>): boolean {
  return event.type === 'BOOKMARK' && event.object.metadata.annotations?.[endAnnotation] === 'true';
}
