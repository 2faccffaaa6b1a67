import type { Clock } from '../base/clock.ts';
import { errorChain } from '../base/error-chain.ts';
import type { Log } from '../base/log.ts';
import type { KubeClient } from './client.ts';
import { isNotFound } from './errors.ts';
import {
  cutToBytes,
  type EventNote,
  type EventObject,
  eventObject,
  type EventReporter,
  longestNote,
} from './event-object.ts';
import { microTime } from './micro-time.ts';
import { events } from './object.ts';

/** The calls that the recorder makes. */
export type EventClient = Pick<KubeClient, 'create' | 'mergePatch'>;

export interface EventRecorderOptions {
  readonly client: EventClient;
  /** Time of day. */
  readonly clock: Clock;
  /** Makes the names of events unique between replicas. */
  readonly random: () => number;
  readonly log: Log;
  readonly reporter: EventReporter;
}

/** A repetition within this time belongs to the event that is there. */
const seriesEndsAfterMs = 10 * 60_000;
/** The count of an event is written at most this often. */
const seriesWriteEveryMs = 5 * 60_000;
/** How many events are remembered; the one that was not repeated for the longest time is forgotten first. */
const mostRemembered = 1_000;
/** How many writes may wait; further ones are dropped, events must not pile up while the API server is away. */
const mostWaiting = 1_000;

/** An event that was recorded, and its repetitions. */
interface Remembered {
  readonly event: EventObject;
  count: number;
  lastMs: number;
  /** The count in the cluster, and when it was written there. */
  writtenCount: number;
  writtenMs: number;
}

/**
 * Tells users what happened to their objects, with Events. Recording never waits and never fails: events are a
 * courtesy, so what cannot be written is logged at debug level and dropped. Writes go out one after the other.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  /** In the order of the last repetition. */
  readonly #remembered = new Map<string, Remembered>();
  #writes = Promise.resolve();
  #waiting = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Records one event, or counts it if the same one is there already. */
  record(note: EventNote): void {
    const now = this.#options.clock.now();
    const key = identityOf(note);
    const before = this.#remembered.get(key);
    this.#remembered.delete(key);
    if (before === undefined || now - before.lastMs >= seriesEndsAfterMs) {
      if (before !== undefined) this.#writeCount(before);
      this.#remember(key, this.#createEvent(note, now));
      return;
    }
    this.#remember(key, before);
    before.count++;
    before.lastMs = now;
    const counted = before.writtenCount > 1;
    if (!counted || now - before.writtenMs >= seriesWriteEveryMs) this.#writeCount(before);
  }

  /** Writes the counts that are not written yet; resolves when nothing is under way any more. */
  async flush(): Promise<void> {
    for (const entry of this.#remembered.values()) this.#writeCount(entry);
    await this.#writes;
  }

  #remember(key: string, entry: Remembered): void {
    this.#remembered.set(key, entry);
    if (this.#remembered.size <= mostRemembered) return;
    for (const [oldest, forgotten] of this.#remembered) {
      this.#remembered.delete(oldest);
      this.#writeCount(forgotten);
      return;
    }
  }

  #createEvent(note: EventNote, now: number): Remembered {
    const event = eventObject(note, this.#options.reporter, now, uniqueHex(now, this.#options.random));
    const entry = { event, count: 1, lastMs: now, writtenCount: 1, writtenMs: now };
    this.#write(() => this.#options.client.create(events, event));
    return entry;
  }

  #writeCount(entry: Remembered): void {
    if (entry.writtenCount === entry.count) return;
    const series = { count: entry.count, lastObservedTime: microTime(entry.lastMs) };
    entry.writtenCount = entry.count;
    entry.writtenMs = this.#options.clock.now();
    const { client } = this.#options;
    const { event } = entry;
    this.#write(async () => {
      try {
        await client.mergePatch(events, event.metadata, { series });
      } catch (error) {
        // The API server deletes events after an hour, and the create may have failed.
        if (!isNotFound(error)) throw error;
        await client.create(events, { ...event, series });
      }
    });
  }

  #write(call: () => Promise<unknown>): void {
    const failed = (error: unknown): void => {
      this.#options.log.debug({ error: errorChain(error) }, 'could not write an event');
    };
    if (this.#waiting >= mostWaiting) {
      failed(new Error(`${mostWaiting} events wait to be written`));
      return;
    }
    this.#waiting++;
    this.#writes = this.#writes
      .then(call)
      .then(() => undefined, failed)
      .finally(() => this.#waiting--);
  }
}

/** Nanoseconds since 1970, the part below a millisecond by chance: as client-go names its events. */
function uniqueHex(nowMs: number, random: () => number): string {
  return (BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(Math.floor(random() * 1_000_000))).toString(16);
}

/** What two events must share to be repetitions of each other. */
function identityOf({ object, type, reason, message }: EventNote): string {
  const { namespace, name, uid } = object.metadata;
  const text = cutToBytes(message, longestNote);
  return JSON.stringify([object.kind, namespace, name, uid, type, reason, text]);
}
