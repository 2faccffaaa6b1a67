import { parseKey } from '../../kube/object.ts';

/**
 * Keys of the Secrets of one owner. The thousands of a cluster registry have one name, or two while it moves them, so that
 * the names tell which keys to try in a namespace.
 */
export class OwnedKeys {
  readonly #keys = new Set<string>();
  readonly #names = new Map<string, number>();

  get size(): number {
    return this.#keys.size;
  }

  add(key: string): void {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#count(key, 1);
  }

  delete(key: string): void {
    if (this.#keys.delete(key)) this.#count(key, -1);
  }

  all(): Iterable<string> {
    return this.#keys;
  }

  in(namespace: string): string[] {
    return [...this.#names.keys()].map((name) => `${namespace}/${name}`).filter((key) => this.#keys.has(key));
  }

  #count(key: string, by: 1 | -1): void {
    const { name } = parseKey(key);
    const count = (this.#names.get(name) ?? 0) + by;
    if (count === 0) this.#names.delete(name);
    else this.#names.set(name, count);
  }
}
