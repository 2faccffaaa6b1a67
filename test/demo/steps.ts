import { duration } from '../support/controlplane/progress.ts';
import type { Screen } from './screen.ts';

/** Runs one step under a heading with a number, and passes on what it gives. */
export type RunStep = <T>(title: string, step: () => Promise<T>) => Promise<T>;

/** A runner that numbers the steps from 1 and tells how long each took. */
export function numberedSteps(screen: Screen, now: () => number): RunStep {
  let number = 0;
  return async (title, step) => {
    number += 1;
    const since = now();
    screen.heading(`${number}. ${title}`);
    const result = await step();
    screen.say(`(${duration(now() - since)})`);
    return result;
  };
}

/** What has to be ended when the demo ends, however it ends. */
export interface Cleanup {
  /** `end` is called before those that were added earlier. */
  add(what: string, end: () => Promise<void> | void): void;
  /** Ends everything once; what fails is told to `onError` and stops nothing else. */
  run(onError: (what: string, error: unknown) => void): Promise<void>;
}

export function createCleanup(): Cleanup {
  const ends: { what: string; end: () => Promise<void> | void }[] = [];
  return {
    add: (what, end) => void ends.push({ what, end }),
    async run(onError) {
      for (let next = ends.pop(); next !== undefined; next = ends.pop()) {
        try {
          await next.end();
        } catch (error) {
          onError(next.what, error);
        }
      }
    },
  };
}
