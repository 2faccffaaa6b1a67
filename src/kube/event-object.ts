import { microTime } from './micro-time.ts';
import { events, type KubeObject } from './object.ts';

/** What is told about an object. */
export interface EventNote {
  /** What it is about; `kind` and `apiVersion` must be set. */
  readonly object: KubeObject;
  readonly type: 'Normal' | 'Warning';
  /** Why, in CamelCase, for machines. */
  readonly reason: string;
  /** For people; cut at 1024 bytes. No request ids: they make every repetition a new event. */
  readonly message: string;
  /** What was done or tried, in CamelCase. */
  readonly action: string;
}

/** Repetitions of one event: how many there were, and when the last one was (MicroTime). */
export interface EventSeries {
  readonly count: number;
  readonly lastObservedTime: string;
}

/** The fields of an Event of `events.k8s.io/v1` that a recorder sets. */
export interface EventObject extends KubeObject {
  eventTime: string;
  reportingController: string;
  reportingInstance: string;
  action: string;
  reason: string;
  type: string;
  note: string;
  regarding: Record<string, string>;
  series?: EventSeries;
}

/** Who reports: the controller as `domain/name`, and the process. */
export interface EventReporter {
  readonly controller: string;
  readonly instance: string;
}

/** What the API server takes, in bytes. */
export const longestNote = 1024;
const longestName = 253;

/** Events of cluster-scoped objects live in this namespace; the API server insists. */
const namespaceOfClusterScoped = 'default';

/** Builds the Event; `suffix` (hexadecimal) makes the name unique. */
export function eventObject(
  note: EventNote,
  { controller, instance }: EventReporter,
  nowMs: number,
  suffix: string,
): EventObject {
  const { metadata, apiVersion = '', kind = '' } = note.object;
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion: events.apiVersion,
    kind: events.kind,
    metadata: {
      namespace: namespace ?? namespaceOfClusterScoped,
      name: `${name.slice(0, longestName - suffix.length - 1).replace(/[.-]+$/, '')}.${suffix}`,
    },
    eventTime: microTime(nowMs),
    reportingController: controller,
    reportingInstance: instance,
    action: note.action,
    reason: note.reason,
    type: note.type,
    note: cutToBytes(note.message, longestNote),
    regarding: {
      apiVersion,
      kind,
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
  };
}

/** The longest beginning of `text` that takes at most `most` bytes of UTF-8, with no character cut in two. */
export function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  let end = most;
  // Bytes 10xxxxxx continue a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
