import type { Priority } from './ready-keys.ts';

/** A key that becomes ready at `dueMs` of the queue's clock. */
export interface DelayedKey<K> {
  readonly key: K;
  readonly dueMs: number;
  readonly priority: Priority;
}

/**
 * Keys that wait for their time: a binary heap by due time which also knows where each key sits, so that tens of
 * thousands of refresh timers cost O(log n) to set, replace and drop.
 */
export class DelayedKeys<K> {
  readonly #heap: DelayedKey<K>[] = [];
  readonly #position = new Map<K, number>();

  get size(): number {
    return this.#heap.length;
  }

  /** The key that is due first. */
  earliest(): DelayedKey<K> | undefined {
    return this.#heap[0];
  }

  get(key: K): DelayedKey<K> | undefined {
    const at = this.#position.get(key);
    return at === undefined ? undefined : this.#heap[at];
  }

  /** Adds the key, or replaces what was there for it. */
  set(item: DelayedKey<K>): void {
    this.delete(item.key);
    this.#place(item, this.#heap.length);
    this.#rise(this.#heap.length - 1);
  }

  delete(key: K): void {
    const at = this.#position.get(key);
    if (at === undefined) return;
    this.#position.delete(key);
    const last = this.#heap.pop();
    if (last === undefined || last.key === key) return;
    this.#place(last, at);
    this.#rise(at);
    this.#sink(at);
  }

  clear(): void {
    this.#heap.length = 0;
    this.#position.clear();
  }

  #rise(start: number): void {
    for (let at = start; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(start: number): void {
    for (let at = start; ;) {
      const left = 2 * at + 1;
      const child = this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #before(a: number, b: number): boolean {
    return (this.#heap[a]?.dueMs ?? Infinity) < (this.#heap[b]?.dueMs ?? Infinity);
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined) return;
    this.#place(second, a);
    this.#place(first, b);
  }

  #place(item: DelayedKey<K>, at: number): void {
    this.#heap[at] = item;
    this.#position.set(item.key, at);
  }
}
