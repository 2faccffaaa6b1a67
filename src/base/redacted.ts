import { inspect } from 'node:util';

/**
 * Holds a value that must never be printed: passwords, keys, web-identity tokens. Every way of turning it into text
 * gives `[redacted]`; `reveal()` is the only way to the value, so that a search for it lists every use.
 */
export class Redacted<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }

  [Symbol.toPrimitive](): string {
    return '[redacted]';
  }
}
