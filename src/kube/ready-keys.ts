/** `high`: something changed and somebody waits for it. `low`: the initial list, renewals, resyncs. */
export type Priority = 'high' | 'low';

/** A key that may be handed out, and since when (milliseconds of the queue's clock). */
export interface ReadyKey<K> {
  readonly key: K;
  readonly priority: Priority;
  readonly sinceMs: number;
}

/** After so many high keys in a row a low one gets its turn, so that a busy tenant cannot starve the renewals. */
const highKeysInARow = 16;

/** Keys that may be handed out, each once: high before low, within a priority in the order of arrival. O(1) each. */
export class ReadyKeys<K> {
  readonly #current = new Map<K, ReadyKey<K>>();
  readonly #lanes: Record<Priority, Lane<ReadyKey<K>>> = { high: new Lane(), low: new Lane() };
  #highInARow = 0;

  get size(): number {
    return this.#current.size;
  }

  /** Adds the key at the end of its lane. One that is there already stays, or moves to the high lane. */
  add(item: ReadyKey<K>): void {
    const before = this.#current.get(item.key);
    if (before !== undefined && (before.priority === item.priority || before.priority === 'high')) return;
    const entry = before === undefined ? item : { ...item, sinceMs: before.sinceMs };
    this.#current.set(entry.key, entry);
    this.#lanes[entry.priority].push(entry);
  }

  /** Takes out the key whose turn it is. */
  take(): ReadyKey<K> | undefined {
    const lowFirst = this.#highInARow >= highKeysInARow;
    const item = lowFirst
      ? (this.#next('low') ?? this.#next('high'))
      : (this.#next('high') ?? this.#next('low'));
    if (item === undefined) return undefined;
    this.#current.delete(item.key);
    this.#highInARow = item.priority === 'high' ? this.#highInARow + 1 : 0;
    return item;
  }

  clear(): void {
    this.#current.clear();
    this.#lanes.high.clear();
    this.#lanes.low.clear();
  }

  /** A key that moved to the other lane leaves its old entry behind; it is skipped here. */
  #next(priority: Priority): ReadyKey<K> | undefined {
    const lane = this.#lanes[priority];
    for (let item = lane.shift(); item !== undefined; item = lane.shift()) {
      if (this.#current.get(item.key) === item) return item;
    }
    return undefined;
  }
}

/** First in, first out. `Array.shift` moves the whole array each time, a Set scans the holes of what was deleted. */
class Lane<T> {
  #items: T[] = [];
  #head = 0;

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
