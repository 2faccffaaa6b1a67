import { events, type KubeObject } from '../../kube/object.ts';
import type { Connection } from '../connection.ts';
import type { Failure } from './facts.ts';
import { look, type Looked } from './looked.ts';

/** The fields of an Event that are read. */
interface Event extends KubeObject {
  readonly type?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

/** Events of cluster-scoped objects live in this namespace. */
const namespaceOfClusterScoped = 'default';

/** The warnings that events tell of an object, newest first. The API server forgets events after an hour or so. */
export function readWarnings(
  { metadata }: KubeObject,
  { client, signal }: Connection,
): Promise<Looked<readonly Failure[]>> {
  const { uid = '', namespace = namespaceOfClusterScoped } = metadata;
  const fieldSelector = `regarding.uid=${uid},type=Warning`;
  const read = async (): Promise<readonly Failure[]> => {
    const { items } = await client.list<Event>(events, { namespace, fieldSelector, signal });
    return items.map(failureOf).toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time));
  };
  return look(read());
}

function failureOf({ metadata, reason = '', note = '', eventTime, series }: Event): Failure {
  const time = series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp ?? '';
  return { time, reason, message: note };
}
