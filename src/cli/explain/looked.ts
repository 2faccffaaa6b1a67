import { describePermission, missingPermission } from '../permission.ts';

/** What was seen of something, or why it could not be looked at. `value` is undefined where there is none. */
export type Looked<T> = { readonly seen: true; readonly value: T | undefined } | Unseen;

interface Unseen {
  readonly seen: false;
  /** Such as `you may not get secrets in namespace ci`. */
  readonly why: string;
}

/** Looks at something that is not needed: a missing permission is part of the answer, all other errors are thrown. */
export async function look<T>(read: Promise<T | undefined>): Promise<Looked<T>> {
  try {
    return { seen: true, value: await read };
  } catch (error) {
    const missing = missingPermission(error);
    if (missing === undefined) throw error;
    return { seen: false, why: `you may not ${describePermission(missing)}` };
  }
}
