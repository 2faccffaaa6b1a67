/** A running watch of one object's metadata. */
export interface ObjectWatch {
  /** resourceVersion of the object; undefined when it does not exist. */
  version(): string | undefined;
  synced(signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** The list of one object takes milliseconds. */
const longestListMs = 10_000;

export type StartObjectWatch = (key: string, onChange: () => void) => ObjectWatch;

/**
 * Watches of single Secrets that are not the operator's own: the keys of IAM users, and Secrets that are in the way. One
 * watch each, like the kubelet does it, so that nothing is kept of all the others in the cluster. A watch ends when no
 * object rests on it any more.
 */
export class WatchedSecrets {
  readonly #start: StartObjectWatch;
  readonly #changed: (key: string) => void;
  readonly #wanted: (key: string) => boolean;
  readonly #watches = new Map<string, ObjectWatch>();

  constructor(options: {
    start: StartObjectWatch;
    changed: (key: string) => void;
    wanted: (key: string) => boolean;
  }) {
    this.#start = options.start;
    this.#changed = options.changed;
    this.#wanted = options.wanted;
  }

  /** Version of a Secret, from a watch that is started where there is none yet. */
  async version(key: string, signal: AbortSignal): Promise<string | undefined> {
    this.#stopUnwanted();
    let watch = this.#watches.get(key);
    if (watch === undefined) {
      watch = this.#start(key, () => this.#changed(key));
      this.#watches.set(key, watch);
    }
    // A watch that the API server refuses never gets there: the next try, with back-off, says so in the log.
    await watch.synced(AbortSignal.any([signal, AbortSignal.timeout(longestListMs)]));
    return watch.version();
  }

  #stopUnwanted(): void {
    for (const [key, watch] of this.#watches) {
      if (this.#wanted(key)) continue;
      watch.stop();
      this.#watches.delete(key);
    }
  }
}
