interface Owner {
  metadata: { uid: string };
}

/** To be called for each change of an object that Secrets can belong to. */
export type NoteOwner = (now: Owner | undefined, before: Owner | undefined) => void;

/** UIDs of all objects that Secrets can belong to, as the watches show them. */
export class Owners {
  readonly #uids = new Set<string>();

  has(uid: string): boolean {
    return this.#uids.has(uid);
  }

  /** To be called for each change of such an object. Gives the UID that is gone: deleted, or made anew. */
  changed(now: Owner | undefined, before: Owner | undefined): string | undefined {
    if (now !== undefined) this.#uids.add(now.metadata.uid);
    if (before === undefined || before.metadata.uid === now?.metadata.uid) return undefined;
    this.#uids.delete(before.metadata.uid);
    return before.metadata.uid;
  }
}
