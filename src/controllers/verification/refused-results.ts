import { type ApiError, isBadRequest, isInvalid } from '../../kube/errors.ts';
import { requestOf, type Verifiable } from './due.ts';

type Verified = Pick<Verifiable, 'metadata'> & { metadata: { uid?: string } };

/**
 * Remembers the verifications whose result the API server refused for what it says. Such a status stays as it was, so that
 * the object looks due for ever: without this memory its stages would call AWS again and again.
 */
export class RefusedResults {
  /** Key of the object -> the verification of it. */
  readonly #refused = new Map<string, string>();

  add(key: string, object: Verified): void {
    this.#refused.set(key, verificationOf(object));
  }

  /** Until another time is asked for, or the spec is another. */
  has(key: string, object: Verified): boolean {
    return this.#refused.get(key) === verificationOf(object);
  }

  delete(key: string): void {
    this.#refused.delete(key);
  }
}

function verificationOf(object: Verified): string {
  const { uid = '', generation } = object.metadata;
  return `${uid} ${generation} ${requestOf(object) ?? ''}`;
}

/** Whether writing the same again is of no use: the API server does not take what is written. */
export function isRefused(error: unknown): error is ApiError {
  return isBadRequest(error) || isInvalid(error);
}
